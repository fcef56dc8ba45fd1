/**
 * What is printed as lines is read back from them, whatever it says.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { LogEntry } from "../../ports/decisions.ts";
import type { SpoolCipher } from "../../ports/spool.ts";
import { createFramePrinter, openFrame, parseFrame } from "./frame.ts";

const AT = "2026-01-31T09:00:00.000Z";

const text = fc.string({ unit: "binary", maxLength: 40 });
const record = text.map((said) => JSON.stringify(said).repeat(3));
const entries = fc.array(
  fc.record<LogEntry>({
    ...{ tenant: text, id: text, record, at: fc.constant(AT) },
    idempotent: fc.constant(null),
  }, { noNullPrototype: true }).chain((entry) =>
    fc.constantFrom<LogEntry>(
      entry,
      { ...entry, kind: "outcome" },
      { ...entry, entities: [entry.id, ""] },
    )
  ),
  { maxLength: 5 },
);

/** Seals nothing, but its text lies there as bytes. */
const OPEN_CIPHER: SpoolCipher = {
  prepare: () => Promise.resolve(),
  seal: (_tenant, clear) => new TextEncoder().encode(clear),
  open: (_tenant, sealed) => new TextDecoder().decode(sealed),
};

function linesOf(bytes: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  let from = 0;
  return lengths.map((length) => {
    const line = bytes.slice(from, from + length);
    assert.equal(bytes[from + length], "\n".charCodeAt(0));
    from += length + 1;
    return line;
  });
}

Deno.test.each([
  { how: "in clear", cipher: null },
  { how: "sealed", cipher: OPEN_CIPHER },
])(
  "entries come back from their lines, $how, and none is taken for another",
  ({ cipher }) => {
    const print = createFramePrinter(cipher);
    fc.assert(fc.property(
      ...[
        entries,
        fc.nat(),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
      ] as const,
      (given, first, place, harm) => {
        const { bytes, lines } = print(given, first);
        const printed = linesOf(bytes, lines.map(({ length }) => length));
        printed.forEach((line, number) => {
          const frame = parseFrame(line);
          assert.ok(frame);
          assert.deepEqual(frame, lines[number]?.frame);
          assert.equal(frame.number, first + number);
          assert.deepEqual(openFrame(frame, cipher), given[number]);
          const at = place % line.length;
          line[at] = (line[at] ?? 0) ^ harm;
          const harmed = parseFrame(line);
          if (harmed !== null) assert.deepEqual(harmed, frame);
        });
      },
    ));
  },
);

Deno.test("a text that is no Unicode is kept as it can be written, and is not taken for damaged", () => {
  const print = createFramePrinter(null);
  const entry = { tenant: "t", id: "\ud800", at: AT, record: '"\udc00"' };
  const { bytes } = print([{ ...entry, idempotent: null }], 1);
  const frame = parseFrame(bytes.subarray(0, -1));
  assert.ok(frame);
  const { id, record } = openFrame(frame, null);
  assert.deepEqual([id, record], [entry.id, '"\ufffd"']);
});

Deno.test("many long entries are printed at once", () => {
  const print = createFramePrinter(null);
  const record = JSON.stringify("ü".repeat(100_000));
  const given = ["a", "b", "c"].map((id): LogEntry => ({
    ...{ tenant: "t", id, at: AT, record, idempotent: null },
  }));
  const { bytes, lines } = print(given, 1);
  const printed = linesOf(bytes, lines.map(({ length }) => length));
  assert.deepEqual(
    printed.map((line) => parseFrame(line)).map((frame) =>
      frame && openFrame(frame, null)
    ),
    given,
  );
});
