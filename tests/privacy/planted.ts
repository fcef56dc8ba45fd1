/**
 * A person whose identifiers are planted wherever a sender could put them, and the
 * search for them afterwards.
 *
 * @module
 */
import { Buffer } from "node:buffer";

/** Whom the deliveries are about. */
export const JANE = {
  email: "Jane.Planted@Example.org",
  encoded: "jane.planted%40example.org",
  phone: "+49 171 5550123",
  dialled: "0049 171 5550123",
  digits: 491715550123,
  ip: "198.51.100.23",
  ip6: "2001:db8:77::23",
} as const;

/** Members with one identifier each, by names that tell it and by names that do not. */
export const MEMBERS = {
  email: JANE.email,
  contact: `Jane <${JANE.email.toUpperCase()}>`,
  phone: JANE.digits,
  number: JANE.phone,
  ip: JANE.ip,
  seen_at: `[${JANE.ip6}]:443`,
  note: `${JANE.dialled} or ${JANE.encoded}, from ${JANE.ip}`,
  [JANE.email]: 1,
  [`sent to ${JANE.phone}`]: true,
} as const;

const CLEAR = [
  "jane.planted",
  "example.org",
  JANE.phone,
  JANE.dialled,
  "171 5550123",
  "1715550123",
  "5550123",
  JANE.ip,
  "2001:db8:77",
].map((text) => text.toLowerCase());

/** A text's base64 wherever it begins in what was encoded, the uncertain ends cut off. */
function base64Of(text: string): string[] {
  return [0, 1, 2].map((before) =>
    Buffer.from("\0".repeat(before) + text).toString("base64")
      .slice(before === 0 ? 0 : 4, -4)
  );
}

const ENCODED = ["Jane.Planted@Example.org", "jane.planted@example.org"]
  .flatMap((text) => [...base64Of(text), Buffer.from(text).toString("hex")])
  .concat(base64Of(JANE.phone));

/**
 * Looks for planted identifiers.
 *
 * @param text Anything that was kept, told or logged.
 * @returns Each that occurs, with what surrounds it.
 */
export function findPlanted(text: string): string[] {
  const lower = text.toLowerCase();
  const clear = CLEAR.map((needle) => [needle, lower.indexOf(needle)] as const);
  const encoded = ENCODED.map((needle) =>
    [needle, text.indexOf(needle)] as const
  );
  return [...clear, ...encoded].filter(([, at]) => at >= 0)
    .map(([needle, at]) =>
      `${needle}: …${text.slice(Math.max(0, at - 60), at + 60)}…`
    );
}
