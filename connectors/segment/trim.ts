/**
 * What is kept of a message: not its write key, of its context the campaign and
 * the consent alone (no IP address, no device), and no names, birthdays or postal
 * addresses of people. E-mail addresses and phone numbers stay: the engine
 * replaces them by keyed hashes.
 *
 * @module
 */

/** A message without what is not kept. */
export interface Trimmed {
  /** The message. */
  readonly kept: unknown;
  /** Whether it nests deeper than was looked. */
  readonly deep: boolean;
}

const MAX_DEPTH = 12;
const CONTEXT: ReadonlySet<string> = new Set(["campaign", "consent"]);
const MEMBERS: ReadonlySet<string> = new Set(["properties", "traits"]);

/** Letters of members that tell who or where a person is, wherever they are. */
const PERSON: ReadonlySet<string> = new Set([
  ...["firstname", "middlename", "lastname", "surname", "fullname"],
  ...["givenname", "familyname", "username", "nickname"],
  ...["birthday", "birthdate", "dateofbirth", "address", "addressline"],
  ...["billingaddress", "shippingaddress", "homeaddress", "postaladdress"],
  ...["street", "streetaddress"],
]);
/** Letters of members that do so as traits: the name of a product may stay. */
const TRAIT: ReadonlySet<string> = new Set(["name", "avatar", "description"]);

/**
 * Copies what is kept of a message.
 *
 * @param message Parsed JSON.
 * @returns The copy, at most twelve members deep.
 */
export function trim(message: unknown): Trimmed {
  let deep = false;
  function copy(value: unknown, path: readonly string[]): unknown {
    if (typeof value !== "object" || value === null) return value;
    if (path.length >= MAX_DEPTH) {
      deep = true;
      return "[too deep]";
    }
    if (Array.isArray(value)) {
      return value.map((item, at) => copy(item, [...path, String(at)]));
    }
    return Object.fromEntries(
      Object.entries(value)
        .filter(([name]) => isKept([...path, name]))
        .map(([name, member]) => [name, copy(member, [...path, name])]),
    );
  }
  return { kept: copy(message, []), deep };
}

function isKept(path: readonly string[]): boolean {
  const [root = "", ...below] = path;
  const name = below.at(-1);
  if (name === undefined) return root !== "writeKey";
  if (root === "context" && below.length === 1) return CONTEXT.has(name);
  if (!MEMBERS.has(root)) return true;
  const letters = name.toLowerCase().replaceAll(/[^a-z]/g, "");
  const trait = root === "traits" && below.length === 1;
  return !PERSON.has(letters) && !(trait && TRAIT.has(letters));
}
