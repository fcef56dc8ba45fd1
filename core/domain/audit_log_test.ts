/**
 * A log is as it was written before and after acts left it, and whatever of it is changed
 * is found.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { actEvent } from "./act.ts";
import {
  AUDIT_START,
  type AuditAnchor,
  type AuditRecord,
  chainEvents,
  findAuditDamage,
  readAuditAnchor,
  readAuditHeader,
  readChangeEvent,
  startAuditWalk,
} from "./audit_log.ts";
import type { ChangeEvent } from "./change_event.ts";

const AT = "2026-03-01T00:00:00.000Z";

/** Appends acts and what happened to changes: true for a change. */
function grow(log: AuditRecord[], kinds: readonly boolean[]): void {
  const from = log.at(-1)?.seq ?? 0;
  const named = { by: "ann", human: true, key: null, reason: "" };
  log.push(...chainEvents(
    log.at(-1) ?? AUDIT_START,
    kinds.map((isChange, place) => {
      const id = `${isChange ? "chg" : "req"}_${from + place}`;
      const act = { act: "moe keys", about: "", ...named, request: id };
      return isChange
        ? { change: id, subject: "policies", at: AT } as ChangeEvent
        : actEvent(act, AT, null);
    }),
  ));
}

/** As retention does, in the fewest words: the naive oracle of what stays. */
function retire(log: AuditRecord[], upTo: number): AuditAnchor {
  const walk = startAuditWalk(readAuditAnchor(log));
  log.filter(({ seq }) => seq <= upTo).forEach(walk.take);
  const { stayed, leaving } = walk;
  log.push(...chainEvents(log.at(-1) ?? AUDIT_START, [{
    ...{ v: 1, kind: "gap", tenant: "acme", id: "gap_1", at: AT },
    ...{ reason: "retention", count: leaving, upTo, stayed },
    anchor: walk.head.hash,
  }]));
  const kept = log.filter((record) =>
    record.seq > upTo || readChangeEvent(record) !== null
  );
  assert.equal(log.length - kept.length, leaving);
  log.splice(0, log.length, ...kept);
  return readAuditAnchor(log);
}

const history = fc.array(
  fc.record({
    kinds: fc.array(fc.boolean(), { minLength: 1, maxLength: 8 }),
    retired: fc.nat({ max: 100 }),
  }),
  { minLength: 1, maxLength: 4 },
).map((steps) => {
  const log: AuditRecord[] = [];
  for (const { kinds, retired } of steps) {
    grow(log, kinds);
    const [head, { seq }] = [log.at(-1)?.seq ?? 0, readAuditAnchor(log)];
    const upTo = seq + Math.floor((head - seq) * retired / 100);
    if (upTo > seq) retire(log, upTo);
  }
  return log;
});

Deno.test("a log from which acts left is as it was written", () => {
  fc.assert(fc.property(history, (log) => {
    assert.deepEqual(findAuditDamage(log, readAuditAnchor(log)), []);
  }));
});

const HARMS: readonly ((log: AuditRecord[], place: number) => void)[] = [
  (log, place) => {
    const one = log[place];
    if (one) log[place] = { ...one, record: one.record.replace("_", "-") };
  },
  (log, place) => {
    const one = log[place];
    if (!one) return;
    const record = one.record.replace("_", "-");
    const [again] = chainEvents(
      { seq: one.seq - 1, hash: one.prev },
      [JSON.parse(record)],
    );
    if (again) log[place] = again;
  },
  (log, place) => void log.splice(place, 1),
  (log, place) => {
    const one = log[place];
    if (one) log[place] = { ...one, hash: "1".repeat(64) };
  },
];

Deno.test("whatever is changed or removed but the last record is found, also before the anchor", () => {
  fc.assert(
    fc.property(
      ...[history, fc.nat(), fc.constantFrom(...HARMS)],
      (log, place, harm) => {
        const anchor = readAuditAnchor(log);
        const last = log.length - 1;
        fc.pre(last > 0);
        harm(log, place % last);
        assert.notDeepEqual(findAuditDamage(log, anchor), []);
      },
    ),
    { numRuns: 500 },
  );
});

Deno.test("acts that are still to leave do no harm, and a gap that reaches less far moves nothing back", () => {
  const log: AuditRecord[] = [];
  grow(log, [false, true, false, false]);
  const leaving = log.slice(0, 3);
  const anchor = retire(log, 3);
  const early = [...leaving, ...log.slice(1)];
  assert.deepEqual(findAuditDamage(early, anchor), []);
  const less = { ...anchor, seq: 1 };
  assert.notDeepEqual(findAuditDamage(log, less), []);
  log.push(...chainEvents(log.at(-1) ?? AUDIT_START, [{
    ...{ v: 1, kind: "gap", tenant: "acme", id: "gap_2", at: AT },
    ...{ reason: "retention", count: 1, upTo: 1 },
    ...{ anchor: leaving[0]?.hash ?? "", stayed: AUDIT_START.hash },
  }]));
  assert.deepEqual(readAuditAnchor(log), anchor);
  assert.deepEqual(findAuditDamage(log, anchor), []);
});

Deno.test("a record says what it is of", () => {
  const log: AuditRecord[] = [];
  grow(log, [false, true]);
  retire(log, 1);
  assert.deepEqual(
    log.map((one) => readAuditHeader(one)?.kind ?? null),
    ["change", null],
  );
  assert.equal(readAuditHeader({ record: "{" }), null);
});
