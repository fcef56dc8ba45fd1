/**
 * Nothing leaves up to a checkpoint that cannot be trusted, or that is not of this log.
 *
 * @module
 */
import assert from "node:assert/strict";
import { UNRETIRED } from "../../../domain/audit_log.ts";
import { GENESIS, printCheckpoint } from "../checkpoints/checkpoint.ts";
import {
  makeSigningKey,
  parseSigningKey,
  parseVerifiers,
} from "../checkpoints/signed_note.ts";
import { runRetention } from "./retention.ts";

const AT = "2026-03-01T00:00:00.000Z";
const NOW = "2026-04-01T00:00:00.000Z";
const HASH = "a".repeat(64);
const SIGNER = parseSigningKey(makeSigningKey("eu-1"), "a test");
const OTHER = parseSigningKey(makeSigningKey("eu-1"), "a test");

Deno.test.each([
  { note: "a checkpoint of a key that is not known", signer: OTHER },
  { note: "another record at its place", hash: "b".repeat(64) },
  { note: "no record at its place", seq: 6 },
  { note: "a size that was not signed", size: 4 },
  { note: "what was signed", want: 5 },
])("retention meets $note", async ({ signer = SIGNER, ...found }) => {
  const { hash = HASH, seq = 5, size = 5, want = 0 } = found;
  const decisions = { seq: 5, hash: HASH };
  const note = signer.sign(printCheckpoint({
    ...{ deployment: "eu-1", owner: "acme", at: AT, acts: GENESIS, decisions },
  }));
  let retired = 0;
  const nothing = () => Promise.resolve(0);
  const told: unknown[] = [];
  const rules = [{ tenant: "*", purpose: "decisions", days: 10 }] as const;
  const [done] = await runRetention({
    log: {
      tenants: () => Promise.resolve(["acme"]),
      anchor: () => Promise.resolve(null),
      append: (entries) => {
        told.push(...entries);
        return Promise.resolve([{ kind: "appended", seq: 6, hash: "" }]);
      },
      read: () =>
        Promise.resolve([{
          ...{ seq, hash, id: "", at: AT, kind: "decision" },
          ...{ prev: "", record: "" },
        }]),
    },
    governance: {
      record: () => Promise.reject(new TypeError("no acts are retired")),
      records: () => Promise.resolve([]),
      head: () => Promise.resolve(UNRETIRED),
      anchor: () => Promise.resolve(UNRETIRED),
    },
    checkpoints: {
      owners: () => Promise.resolve(["acme"]),
      lastBefore: () =>
        Promise.resolve({
          ...{ number: 1, at: AT, note, sizes: { decisions: size, acts: 0 } },
        }),
    },
    retention: {
      retire: (_tenant, upTo) => {
        const gone = upTo - retired;
        retired = upTo;
        return Promise.resolve(gone);
      },
      keyedTenants: () => Promise.resolve([]),
      ...{ countAnswers: nothing, forgetAnswers: nothing },
      ...{ retireActs: nothing, countThinned: nothing },
      thinCheckpoints: nothing,
    },
    verifiers: parseVerifiers(SIGNER.verifier, "a test"),
    ids: { next: (prefix) => prefix },
  }, { rules, now: NOW });
  assert.deepEqual([retired, done?.count, told.length], [
    ...[want, want, want === 0 ? 0 : 1],
  ]);
  assert.equal(done?.failed, want === 0);
});
