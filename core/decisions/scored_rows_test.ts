/**
 * What a version answered lately: exactly where it answered little, by a sample where it
 * answered much.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { LoggedRecord } from "../domain/decision.ts";
import { DAY_MS } from "../domain/day.ts";
import type { ModelRecord } from "../domain/score.ts";
import { readScored } from "./scored_rows.ts";

const UNTIL_MS = Date.UTC(2026, 10, 8);
const instant = (ms: number) => new Date(ms).toISOString();
const window = {
  from: instant(UNTIL_MS - 7 * DAY_MS),
  until: instant(UNTIL_MS),
};

const record = {
  ...{ name: "visit", version: 3, use: { kind: "bid" } },
  schema: { inputs: [{ name: "audience.age" }] },
} as unknown as ModelRecord;

/** One decision: before `until` by some days, of a subject, with its bid. */
interface Told {
  readonly daysAgo: number;
  readonly subject: string;
  readonly bidMicros: number;
  readonly isMine: boolean;
}

const subjectOf = ({ subject }: Told) => subject;

function logOf(told: readonly Told[]) {
  const rows = told.map((one, place): LoggedRecord => {
    const [seq, id] = [place + 1, `dec_${place}`];
    const at = instant(UNTIL_MS - one.daysAgo * DAY_MS);
    const decision = {
      ...{ id, at, score: seq, actions: [] },
      modelVersion: one.isMine ? "visit@3" : "visit@2",
      features: { ["audience.age"]: { value: seq } },
      recommendation: { kind: "bid", bidMicros: one.bidMicros },
    };
    const request = { entities: { subject: one.subject } };
    return {
      ...{ seq, id, at, kind: "decision", prev: "", hash: "" },
      record: JSON.stringify({ v: 1, kind: "decision", request, decision }),
    };
  });
  const read = { count: 0 };
  const log = {
    head: () =>
      Promise.resolve(
        rows.length === 0 ? null : { seq: rows.length, hash: "" },
      ),
    read: (_tenant: string, after: number, limit: number) => {
      read.count += limit;
      return Promise.resolve(rows.slice(after, after + limit));
    },
  };
  return { reading: { log, tenant: "acme", restMs: 0 }, read };
}

const told = fc.array(
  fc.record({
    daysAgo: fc.integer({ min: -1, max: 9 }),
    subject: fc.constantFrom("a", "b", "c"),
    bidMicros: fc.nat(1000),
    isMine: fc.boolean(),
  }),
  { maxLength: 300 },
).map((all) => all.toSorted((a, b) => b.daysAgo - a.daysAgo));

Deno.test("few answers are all read: the latest of each subject, how many, and the money of a day", async () => {
  await fc.assert(fc.asyncProperty(told, async (all) => {
    const found = await readScored(logOf(all).reading, { record, ...window });
    const within = all.filter(({ daysAgo }) => daysAgo > 0 && daysAgo <= 7);
    const mine = within.filter(({ isMine }) => isMine);
    assert.equal(found.answers, mine.length);
    assert.deepEqual(
      Object.fromEntries(found.rows.map(({ moneyMicros, score, values }) => {
        const one = all[score - 1];
        assert.deepEqual([values, moneyMicros], [[score], one?.bidMicros]);
        return [one?.subject, one?.daysAgo];
      })),
      Object.fromEntries(mine.map((one) => [one.subject, one.daysAgo])),
    );
    assert.equal(found.rows.length, new Set(mine.map(subjectOf)).size);
    const money = mine.reduce((sum, { bidMicros }) => sum + bidMicros, 0);
    const days = Math.max(1, within[0]?.daysAgo ?? 0);
    assert.ok(Math.abs(found.moneyMicrosPerDay - money / days) < 1e-6);
  }));
});

Deno.test("of many answers a sample is read that comes to what all come to", async () => {
  const count = 60_000;
  const all = Array.from({ length: count }, (_, place): Told => ({
    daysAgo: 7 - 7 * place / count,
    subject: `s-${place % 20_000}`,
    bidMicros: 100 + Math.floor(place / 600),
    isMine: place % 2 === 0,
  }));
  const { reading, read } = logOf(all);
  const found = await readScored(reading, { record, ...window });
  assert.ok(read.count < 25_000, `${read.count} were read`);
  assert.ok(Math.abs(found.answers - count / 2) < 300, `${found.answers}`);
  const perDay = 150 * count / 2 / 7;
  const { moneyMicrosPerDay } = found;
  assert.ok(
    Math.abs(moneyMicrosPerDay / perDay - 1) < 0.02,
    `${moneyMicrosPerDay} for ${perDay}`,
  );
  const early = found.rows.filter(({ score }) => score <= count / 2).length;
  assert.ok(found.rows.length > 5000 && early > found.rows.length / 4);
});
