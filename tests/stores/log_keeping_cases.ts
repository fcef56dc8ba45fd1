/**
 * What is kept beside the decision log: records by entity, checkpoints, and how old
 * records leave.
 *
 * @module
 */
import assert from "node:assert/strict";
import { parseCheckpoint } from "../../core/decisions/log/checkpoints/checkpoint.ts";
import { makeCheckpoints } from "../../core/decisions/log/checkpoints/make_checkpoints.ts";
import { readMarks } from "../../core/decisions/log/checkpoints/marks.ts";
import { parseDecisions } from "../../core/decisions/log/records/record.ts";
import { runRetention } from "../../core/decisions/log/retention/retention.ts";
import type { RetentionRule } from "../../core/decisions/log/retention/rules.ts";
import {
  makeSigningKey,
  openNote,
  parseSigningKey,
  parseVerifiers,
} from "../../core/decisions/log/checkpoints/signed_note.ts";
import { verifyChain } from "../../core/decisions/log/verifying/verify.ts";
import { canonicalJson } from "../../core/domain/canonical.ts";
import type { LogEntry, LogSearch } from "../../core/ports/decisions.ts";
import type { Stores } from "../../core/ports/stores.ts";
import type { Case } from "./cases.ts";

const SIGNER = parseSigningKey(makeSigningKey("test"), "a test");
const VERIFIERS = parseVerifiers(SIGNER.verifier, "a test");
const DAY = 86_400_000;
const START = Date.parse("2026-03-01T00:00:00.000Z");

const instant = (ms: number) => new Date(ms).toISOString();

interface Wanted {
  readonly tenant: string;
  readonly number: number;
  readonly at: string;
  readonly entities: readonly string[];
  readonly kind?: LogEntry["kind"];
}

function entryOf({ tenant, number, at, entities, kind }: Wanted): LogEntry {
  const id = `dec_${number}`;
  const record = kind === "outcome"
    ? { v: 1, kind, tenant, id, at, by: "t", outcome: {} }
    : { v: 1, kind: "decision", tenant, by: "t", decision: { id, at } };
  return {
    ...{ tenant, id, at, entities, idempotent: null },
    ...kind && { kind },
    record: canonicalJson(record),
  };
}

/** Entries whose moments go up and down, some at the same one. */
function entriesOf(tenant: string): LogEntry[] {
  return Array.from({ length: 60 }, (_, number) =>
    entryOf({
      ...{ tenant, number },
      at: instant(START + (number * 7 % 20) * 1000),
      entities: [
        `campaign:c-${number % 3}`,
        `channel:${number % 2 === 0 ? "email" : "search"}`,
        "campaign:c-0",
      ],
      ...number % 5 === 0 && { kind: "outcome" as const },
    }));
}

const asked:
  readonly (readonly [string, Omit<LogSearch, "limit" | "after">])[] = [
    ["one entity", { entities: ["campaign:c-1"] }],
    ["any of two", { entities: ["campaign:c-1", "channel:email"] }],
    ["a kind", { entities: ["channel:search"], kind: "outcome" }],
    ["from", { entities: ["channel:email"], from: instant(START + 7000) }],
    ["until", { entities: ["channel:email"], until: instant(START + 7000) }],
    ["nothing", { entities: ["campaign:c-9"] }],
  ];

function naively(
  entries: readonly LogEntry[],
  { entities, kind, from = "", until = "~" }: Omit<LogSearch, "limit">,
): string[] {
  return entries.map((entry, place) => ({ ...entry, seq: place + 1 }))
    .filter((entry) =>
      entry.entities?.some((one) => entities.includes(one)) &&
      (kind === undefined || (entry.kind ?? "decision") === kind) &&
      entry.at >= from && entry.at < until
    )
    .sort((a, b) => a.at < b.at ? -1 : a.at > b.at ? 1 : a.seq - b.seq)
    .map(({ id }) => id);
}

async function inPages(
  { log }: Stores,
  tenant: string,
  search: Omit<LogSearch, "limit" | "after">,
): Promise<string[]> {
  const found: string[] = [];
  let after: LogSearch["after"];
  for (;;) {
    const page = await log.search(tenant, {
      ...search,
      ...{ limit: 7, ...after && { after } },
    });
    found.push(...page.map(({ id }) => id));
    after = page.at(-1);
    if (page.length < 7) return found;
  }
}

/** Signs an owner's logs as they are, at a moment. */
async function sign(stores: Stores, tenant: string, at: string) {
  const standing = (await stores.checkpoints.standings())
    .filter(({ owner }) => owner === tenant);
  const checkpoints = {
    ...stores.checkpoints,
    standings: () => Promise.resolve(standing),
  };
  const [made] = await makeCheckpoints({
    ...{ log: stores.log, governance: stores.governance, checkpoints },
    ...{ signer: SIGNER, archive: null, clock: { now: () => at } },
  }, { now: true });
  return made;
}

async function fill(stores: Stores, tenant: string, days: number) {
  for (let day = 0; day < days; day++) {
    const at = instant(START + day * DAY);
    await stores.log.append(Array.from({ length: 3 }, (_, place) =>
      entryOf({
        ...{ tenant, number: day * 3 + place, at },
        entities: ["campaign:c-1"],
      })));
    await sign(stores, tenant, instant(START + day * DAY + 1000));
  }
}

function retire(
  stores: Stores,
  tenant: string,
  { rules, dryRun = false }: {
    readonly rules: readonly Omit<RetentionRule, "tenant">[];
    readonly dryRun?: boolean;
  },
) {
  const log = { ...stores.log, tenants: () => Promise.resolve([tenant]) };
  const retention = {
    ...stores.retention,
    keyedTenants: () => Promise.resolve([tenant]),
  };
  let count = 0;
  return runRetention({
    ...{ log, retention, governance: stores.governance },
    checkpoints: {
      ...stores.checkpoints,
      owners: () => Promise.resolve([tenant]),
    },
    ...{ verifiers: VERIFIERS, ids: { next: () => `gap_${++count}` } },
  }, {
    ...{ dryRun, now: instant(START + 10 * DAY) },
    rules: rules.map((rule) => ({ ...rule, tenant })),
  });
}

const FIVE_DAYS = [{ purpose: "decisions", days: 5 }] as const;

/** Cases about what is kept beside the log. */
export const logKeepingCases: readonly Case[] = [
  ...asked.map(([what, search]): Case => ({
    name: `records are found by ${what}, page by page, each once`,
    run: async (stores, tenant) => {
      const entries = entriesOf(tenant);
      await stores.log.append(entries);
      await stores.log.append(entriesOf(`${tenant}-other`).slice(0, 20));
      assert.deepEqual(
        await inPages(stores, tenant, search),
        naively(entries, search),
      );
    },
  })),
  {
    name: "checkpoints follow each other, and nothing new makes none",
    run: async (stores, tenant) => {
      await stores.log.append(entriesOf(tenant).slice(0, 2));
      const at = instant(START);
      assert.ok(await sign(stores, tenant, at));
      assert.equal(await sign(stores, tenant, at), undefined);
      await stores.log.append(entriesOf(tenant).slice(2, 3));
      await sign(stores, tenant, instant(START + 1000));
      const [first, second] = await stores.checkpoints.list(tenant, 0, 10);
      assert.deepEqual([first?.number, second?.number], [1, 2]);
      const opened = openNote(second?.note ?? "", VERIFIERS);
      assert.ok("text" in opened);
      const head = await stores.log.head(tenant);
      assert.deepEqual(parseCheckpoint(opened.text)?.decisions, head);
      assert.deepEqual(
        await stores.checkpoints.lastBefore(tenant, instant(START + 1000)),
        first,
      );
      assert.ok(first);
      assert.equal(await stores.checkpoints.keep(tenant, first), false);
    },
  },
  {
    name:
      "old records leave up to a checkpoint, and the chain holds from there",
    run: async (stores, tenant) => {
      const { log, checkpoints } = stores;
      await fill(stores, tenant, 10);
      const [told] = await retire(stores, tenant, { rules: FIVE_DAYS });
      assert.deepEqual([told?.count, told?.upTo, told?.held], [15, 15, null]);
      assert.equal((await log.anchor(tenant))?.seq, 15);
      assert.equal((await log.read(tenant, 0, 1))[0]?.seq, 16);
      const found = await inPages(stores, tenant, {
        entities: ["campaign:c-1"],
      });
      assert.equal(found.length, 15);
      const notes = await checkpoints.list(tenant, 0, 100);
      const marks = readMarks(notes.map(({ note }) => note), {
        ...{ owner: tenant, part: "decisions", verifiers: VERIFIERS },
      });
      const verified = await verifyChain(log, tenant, { marks });
      assert.deepEqual([verified.damages, verified.faults], [[], []]);
      assert.equal(verified.rows, 16);
      assert.equal(verified.told.gaps[0]?.upTo, 15);
      assert.equal(parseDecisions(await log.read(tenant, 0, 100)).length, 15);
      const [again] = await retire(stores, tenant, { rules: FIVE_DAYS });
      assert.equal(again?.count, 0);
      assert.equal(await stores.retention.retire(tenant, 18, 2), 2);
      assert.equal((await log.anchor(tenant))?.seq, 17);
    },
  },
  {
    name: "a dry run takes nothing out, and says what would leave",
    run: async (stores, tenant) => {
      await fill(stores, tenant, 10);
      const dry = { rules: FIVE_DAYS, dryRun: true };
      const [told] = await retire(stores, tenant, dry);
      assert.deepEqual([told?.count, told?.upTo], [15, 15]);
      assert.equal(await stores.log.anchor(tenant), null);
      assert.equal((await stores.log.head(tenant))?.seq, 30);
    },
  },
  {
    name: "nothing leaves that no checkpoint signed",
    run: async (stores, tenant) => {
      const at = instant(START);
      await stores.log.append([
        entryOf({ tenant, number: 1, at, entities: [] }),
      ]);
      const [told] = await retire(stores, tenant, { rules: FIVE_DAYS });
      assert.deepEqual(
        [told?.count, told?.held],
        [0, "no checkpoint is that old"],
      );
      assert.equal((await stores.log.read(tenant, 0, 9)).length, 1);
    },
  },
  {
    name: "answers under keys are forgotten when their time is over",
    run: async ({ log, idempotency, ...stores }, tenant) => {
      const route = "/optimization/score";
      const idempotent = { route, requestHash: "h", status: 200, answer: "a" };
      for (const [number, day] of [2, 5].entries()) {
        const at = instant(START + day * DAY);
        const key = `k-${day}`;
        await log.append([{
          ...entryOf({ tenant, number, at, entities: [] }),
          idempotent: { ...idempotent, key },
        }]);
      }
      const all = { log, idempotency, ...stores };
      const [told] = await retire(all, tenant, { rules: [] });
      assert.deepEqual([told?.purpose, told?.days, told?.count], [
        ...["idempotency", 7, 1],
      ]);
      assert.equal(await idempotency.find(tenant, route, "k-2"), null);
      assert.ok(await idempotency.find(tenant, route, "k-5"));
    },
  },
];
