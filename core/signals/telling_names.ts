/**
 * Names of members that say which identifier of a person they hold, whatever its
 * form.
 *
 * @module
 */

/** Kinds of direct identifiers. */
export type Identifier = "email" | "phone" | "ip";

const MAX_CACHED = 10_000;
const MAX_WORDS = 3;

/** Say it as the whole name. */
const WHOLE: ReadonlyMap<string, Identifier> = new Map([
  ...["email", "emailaddress", "mail"].map((name) => [name, "email"] as const),
  ...["mobile", "tel", "cell"].map((name) => [name, "phone"] as const),
]);

/** Say it as the last words of a name too, such as `billing_phone`. */
const LAST_WORDS: ReadonlyMap<string, Identifier> = new Map([
  ...[
    ...["phone", "phonenumber", "mobilenumber", "mobilephone", "cellphone"],
    ...["telephone", "telephonenumber", "telnumber", "msisdn", "whatsapp"],
    ...["whatsappnumber", "fax", "faxnumber"],
  ].map((name) => [name, "phone"] as const),
  ...[
    ...["ip", "ipaddress", "ipaddr", "ipv4", "ipv6", "remoteaddr"],
    ...["remoteaddress", "forwardedfor"],
  ].map((name) => [name, "ip"] as const),
]);

const kinds = new Map<string, Identifier | null>();

/**
 * Says what a member holds.
 *
 * @param name Its name, spelt in any way; the last part of a dotted path counts.
 * @returns The kind, or null if the name does not say one.
 */
export function kindOf(name: string): Identifier | null {
  const known = kinds.get(name);
  if (known !== undefined) return known;
  const words = wordsOf(name.slice(name.lastIndexOf(".") + 1));
  const lasts = Array.from(
    { length: Math.min(MAX_WORDS, words.length) },
    (_, at) => words.slice(-at - 1).join(""),
  );
  const kind = find(WHOLE, words.join("")) ??
    lasts.map((last) => find(LAST_WORDS, last)).find((one) => one) ?? null;
  if (kinds.size >= MAX_CACHED) kinds.clear();
  kinds.set(name, kind);
  return kind;
}

/** A list is named by the plural. */
function find(
  names: ReadonlyMap<string, Identifier>,
  name: string,
): Identifier | undefined {
  return names.get(name) ?? names.get(name.replace(/(?<=ss)es$|(?<!s)s$/, ""));
}

function wordsOf(name: string): string[] {
  return name.slice(0, 200).replaceAll(/([a-z\d])([A-Z])/g, "$1 $2")
    .replaceAll(/([A-Z])([A-Z][a-z])/g, "$1 $2").toLowerCase()
    .split(/[^a-z\d]+/).filter((word) => word !== "" && !/^\d+$/.test(word));
}
