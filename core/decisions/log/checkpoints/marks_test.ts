/**
 * What checkpoints say of a log, against what a naive reading of them says.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type Checkpoint,
  GENESIS,
  parseCheckpoint,
  printCheckpoint,
} from "./checkpoint.ts";
import { compareMarks, coveredBy, readMarks } from "./marks.ts";
import {
  makeSigningKey,
  parseSigningKey,
  parseVerifiers,
} from "./signed_note.ts";

const SIGNER = parseSigningKey(makeSigningKey("eu-1"), "a test");
const VERIFIERS = parseVerifiers(SIGNER.verifier, "a test");
const ASKED = {
  owner: "acme",
  part: "decisions",
  verifiers: VERIFIERS,
} as const;

/** Hash of a record at a place, in one log or in another that forked from it. */
const hashAt = (seq: number, log: number) =>
  (seq * 10 + log).toString(16).padStart(64, "0");

function checkpointOf(minute: number, seq: number, log = 0): Checkpoint {
  return {
    ...{ deployment: "eu-1", owner: "acme", acts: GENESIS },
    at: new Date(Date.UTC(2026, 0, 31, 9, minute)).toISOString(),
    decisions: seq === 0 ? GENESIS : { seq, hash: hashAt(seq, log) },
  };
}

const noteOf = (checkpoint: Checkpoint) =>
  SIGNER.sign(printCheckpoint(checkpoint));

const made = fc.array(
  fc.record({
    seq: fc.integer({ min: 0, max: 9 }),
    log: fc.constantFrom(0, 1),
  }),
  { maxLength: 6 },
);

Deno.test("a checkpoint prints and parses back", () => {
  fc.assert(fc.property(fc.nat(59), fc.nat(), (minute, seq) => {
    const checkpoint = checkpointOf(minute, seq);
    assert.deepEqual(parseCheckpoint(printCheckpoint(checkpoint)), checkpoint);
  }));
});

Deno.test("checkpoints fork where a later one covers less, or another record", () => {
  fc.assert(fc.property(made, (made) => {
    const checkpoints = made.map(({ seq, log }, minute) =>
      checkpointOf(minute, seq, log)
    );
    const { faults } = readMarks(checkpoints.map(noteOf), ASKED);
    const forks = checkpoints.some((later, place) =>
      checkpoints.slice(0, place).some(({ decisions: { seq, hash } }) =>
        later.decisions.seq < seq ||
        (later.decisions.seq === seq && later.decisions.hash !== hash)
      )
    );
    assert.equal(faults.length > 0, forks);
    assert.ok(faults.every(({ kind }) => kind === "forked"));
  }));
});

Deno.test("a log is as it was signed, or the checkpoints tell where not", () => {
  const places = fc.integer({ min: 0, max: 9 });
  fc.assert(fc.property(
    fc.uniqueArray(places, { maxLength: 5 }),
    fc.record({ anchor: places, grown: places, changed: places }),
    (signed, { anchor, grown, changed }) => {
      const last = anchor + grown;
      const seqs = signed.toSorted((a, b) => a - b);
      const marks = readMarks(
        seqs.map((seq, minute) => noteOf(checkpointOf(minute, seq))),
        ASKED,
      );
      const isAt = (seq: number) => hashAt(seq, seq === changed ? 1 : 0);
      const found = new Map(
        seqs.filter((seq) => seq > anchor && seq <= last)
          .map((seq) => [seq, isAt(seq)]),
      );
      const faults = compareMarks(marks, found, {
        anchor: { seq: anchor, hash: isAt(anchor) },
        last: { seq: last, hash: isAt(last) },
      });
      const want = seqs.filter((seq) =>
        seq > 0 && seq >= anchor && (seq > last || seq === changed)
      );
      assert.deepEqual(faults.map(({ seq }) => seq), want);
      assert.ok(
        faults.every(({ seq, kind }) =>
          kind === (seq > last ? "cut" : "rewritten")
        ),
      );
    },
  ));
});

Deno.test("a checkpoint by another key, or that was changed, is no mark", () => {
  const other = parseSigningKey(makeSigningKey("eu-1"), "a test");
  const text = printCheckpoint(checkpointOf(1, 5));
  const note = SIGNER.sign(text);
  const notes = [other.sign(text), note.replace("\n5\n", "\n6\n"), "rubbish\n"];
  const { hashes, faults } = readMarks(notes, ASKED);
  assert.equal(hashes.size, 0);
  assert.deepEqual(faults.map(({ kind }) => kind), [
    "key",
    "signature",
    "form",
  ]);
  const [, id] = other.verifier.split("+");
  assert.equal(
    faults[0]?.detail,
    `checkpoint 1 is signed by a key that is not known: ${id}`,
  );
});

Deno.test("half a year of checkpoints covers what the last of them does", () => {
  const hashes = new Map<number, string>();
  for (let seq = 1; seq <= 200_000; seq++) hashes.set(seq, "");
  assert.equal(coveredBy({ hashes }), 200_000);
  assert.equal(coveredBy({ hashes }, { from: 10, upTo: 20 }), 20);
  assert.equal(coveredBy({ hashes: new Map() }), 0);
});
