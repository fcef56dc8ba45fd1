/**
 * Finds e-mail addresses, phone numbers and IP addresses in an event, by the
 * names of members and by the form of their values.
 *
 * @module
 */
import { holdsEmail } from "@moe/plugin";
import { isIP } from "node:net";

const NAMES = new Set([
  "email",
  "emailaddress",
  "phone",
  "phonenumber",
  "mobile",
  "mobilenumber",
  "telephone",
  "ip",
  "ipaddress",
  "remoteaddr",
]);
const PHONE = /^\+\d[\d\s().\-/]{6,20}\d$/;
const MAX_DEPTH = 12;

/** What was found: where, and the event without it. */
export interface PersonalData {
  /** Paths of the members, such as `traits.email`. */
  readonly paths: readonly string[];
  /** Whether it nests deeper than was looked. */
  readonly deep: boolean;
  /** The event with `[redacted]` in their place. */
  readonly redacted: unknown;
}

/**
 * Looks through an event.
 *
 * @param event Parsed JSON.
 * @returns Where personal data is, and the event without it.
 */
export function findPersonalData(event: unknown): PersonalData {
  const paths: string[] = [];
  let deep = false;
  function visit(value: unknown, path: readonly string[]): unknown {
    const name = path.at(-1) ?? "";
    if (isPersonal(name, value)) {
      paths.push(path.join("."));
      return "[redacted]";
    }
    if (typeof value !== "object" || value === null) return value;
    if (path.length >= MAX_DEPTH) {
      deep = true;
      return "[too deep]";
    }
    if (Array.isArray(value)) {
      return value.map((item, at) => visit(item, [...path, String(at)]));
    }
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => {
        const shown = holdsEmail(key) ? "[redacted]" : key;
        if (shown !== key) paths.push([...path, shown].join("."));
        return [shown, visit(member, [...path, shown])];
      }),
    );
  }
  const redacted = visit(event, []);
  return { paths, deep, redacted };
}

function isPersonal(name: string, value: unknown): boolean {
  if (typeof value !== "string" && typeof value !== "number") return false;
  const text = String(value).trim();
  if (text === "") return false;
  if (NAMES.has(name.toLowerCase().replaceAll(/[^a-z]/g, ""))) return true;
  const address = !/version/i.test(name) && isIP(text) !== 0;
  return address || holdsEmail(text) || PHONE.test(text);
}
