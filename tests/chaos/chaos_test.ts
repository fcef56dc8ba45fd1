/**
 * Two engines, their Postgres and their NATS, disturbed one way after the other with load
 * running: no wrong answer, nothing lost that was acknowledged, one effect for each key, no
 * limit or budget exceeded, and all well again by itself. `MOE_CHAOS_ROUNDS` goes through
 * all of it several times.
 *
 * @module
 */
import assert from "node:assert/strict";
import { openTerminal } from "../../core/commands/terminal.ts";
import { eventually } from "../operations/served.ts";
import { needingNats } from "../servers/nats.ts";
import { needingPostgres } from "../servers/postgres.ts";
import { type Tenant, TENANTS } from "./company.ts";
import type { Disturbance } from "./disturbance.ts";
import { DURABLE, SPOOLED } from "./disturbances.ts";
import { type Ground, hasClock, type LogWrites, openGround } from "./ground.ts";
import {
  bidFor,
  judgeAnswer,
  judgeKept,
  judgeKeys,
  readAllKept,
} from "./judge.ts";
import { ask, type Sent, startLoad } from "./load.ts";
import { judgePlans, printPlanned, startPlanning } from "./plans.ts";
import { judgeProposals, startProposing } from "./proposals.ts";
import { disturb, printSurvived, type Survived } from "./run.ts";
import { judgeStopped, stopAt, stoppedAt } from "./switches.ts";

const ROUNDS = Number(Deno.env.get("MOE_CHAOS_ROUNDS") ?? 1);
const PER_SECOND = 60;
const BUDGET_MICROS = 20_000_000;
const HOUR_MS = 3_600_000;
/** So many keyed requests are sent once more at the end. */
const ASKED_AGAIN = 200;
/** So many decisions are replayed. */
const REPLAYED = 20;

const terminal = openTerminal();

interface Case {
  readonly writes: LogWrites;
  /** Whether what is kept is sealed. */
  readonly isSealed: boolean;
  readonly disturbances: readonly Disturbance[];
}

const cases: readonly Case[] = [
  { writes: "postgres", isSealed: false, disturbances: DURABLE },
  { writes: "fallback", isSealed: true, disturbances: SPOOLED },
  ...ROUNDS > 1
    ? [
      { writes: "postgres", isSealed: true, disturbances: DURABLE },
      { writes: "spool", isSealed: false, disturbances: SPOOLED },
    ] as const
    : [],
];

for (const one of cases) {
  const how = `mode ${one.writes}${one.isSealed ? ", sealed," : ""}`;
  const needed = [
    needingPostgres(`decisions kept in ${how} survive what goes ill`),
    needingNats(""),
  ];
  Deno.test({
    name: needed.map(({ name }) => name).join(""),
    ignore: needed.some(({ ignore }) => ignore),
    fn: () => survive(one),
  });
}

async function survive(
  { writes, isSealed, disturbances }: Case,
): Promise<void> {
  const ground = await openGround(writes, isSealed);
  for (const tenant of TENANTS) await setBudget(ground, tenant);
  const load = startLoad(ground, PER_SECOND);
  const proposing = startProposing(ground);
  const planning = startPlanning(ground);
  const survived: Survived[] = [];
  let codes: readonly (number | null)[] = [];
  try {
    await eventually("load is answered", () => load.sent.length > PER_SECOND);
    await stopCampaign(ground);
    for (let round = 0; round < ROUNDS; round++) {
      for (const disturbance of disturbances) {
        if (disturbance.fillsDisks && !ground.disk.isSmall) continue;
        survived.push(await disturb(ground, load, disturbance));
      }
    }
    await Promise.all([load.stop(), planning.stop()]);
    load.sent.forEach(judgeAnswer);
    judgeStopped(load.sent, ground.stops);
    await judgeProposals(ground, await proposing.stop());
    await judgePlans(ground, planning.sent);
    await judgeAll(ground, load.sent);
  } finally {
    terminal.line(printSurvived(writes, survived));
    terminal.line(printPlanned(planning.sent));
    if (!ground.disk.isSmall) {
      terminal.line("no disk may be mounted to be full");
    }
    if (!hasClock()) terminal.line("clocks are left as they are");
    const all = [load, proposing, planning];
    await Promise.allSettled(all.map((one) => one.stop()));
    codes = await ground.close();
  }
  assert.deepEqual(codes, [0, 0]);
}

async function setBudget(ground: Ground, tenant: Tenant): Promise<void> {
  const now = Date.now();
  const answer = await ground.call({
    ...{ engine: 0, tenant, line: "PUT /optimization/budgets/b" },
    body: {
      currency: "EUR",
      ["cap_micros"]: BUDGET_MICROS,
      from: new Date(now).toISOString(),
      until: new Date(now + HOUR_MS / 30).toISOString(),
      ["pays_for"]: ["campaign:c-paid"],
      bids: { ["most_micros"]: 400_000 },
    },
  });
  assert.equal(answer.status, 200, await answer.text());
}

/** One person stops a campaign at one engine, and the other hears of it. */
async function stopCampaign(ground: Ground): Promise<void> {
  const here = await stopAt(ground, "acme", 0);
  const there = await stoppedAt(ground, "acme", 1);
  ground.stops.push(here, there);
  const took = Math.round(there.sinceMs - here.sinceMs);
  terminal.line(`a switch had reached the other engine after ${took} ms`);
}

async function judgeAll(
  ground: Ground,
  sent: readonly Sent[],
): Promise<void> {
  const again = await askAgain(ground, sent);
  again.forEach(judgeAnswer);
  const all = [...sent, ...again];
  judgeKeys(all);
  const taken = all.filter(({ told }) => told?.status === 200);
  const ids = new Set(taken.map(({ told }) => told?.body.decision_id));
  await eventually("the log has what was acknowledged", async () => {
    const kept = await ground.readingLog(readAllKept);
    const known = new Set(kept.flatMap(({ answers }) => [...answers.keys()]));
    return ids.isSubsetOf(known);
  });
  for (const kept of await ground.readingLog(readAllKept)) {
    const bid = bidFor(kept.decisions, judgeKept(kept, all));
    assert.ok(bid > 0 && bid <= BUDGET_MICROS, `${bid} was bid`);
  }
  await judgeAudit(ground);
  await judgeForeign(ground, taken);
  await judgeReplays(ground, taken);
}

/** Each key once more, at the engine that did not have it: lost answers are had now. */
async function askAgain(
  ground: Ground,
  sent: readonly Sent[],
): Promise<readonly Sent[]> {
  const keyed = sent.filter(({ asked }) => asked.key !== null);
  const lost = keyed.filter(({ told }) => told?.status !== 200);
  const had = keyed.filter(({ told }) => told?.status === 200);
  const again: Sent[] = [];
  for (const { asked, engine } of [...lost, ...had].slice(0, ASKED_AGAIN)) {
    const one = await ask(ground, asked, 1 - engine);
    assert.equal(one.told?.status, 200, JSON.stringify(one));
    again.push(one);
  }
  return again;
}

async function judgeAudit(ground: Ground): Promise<void> {
  for (const tenant of TENANTS) {
    for (const query of ["", "?scope=deployment"]) {
      const line = `GET /audit/verify${query}`;
      const answer = await ground.call({ engine: 0, tenant, line });
      const said = await answer.json();
      assert.deepEqual([answer.status, said.damages], [200, []], line);
    }
  }
}

async function judgeForeign(
  ground: Ground,
  taken: readonly Sent[],
): Promise<void> {
  for (const { asked, told } of taken.slice(-10)) {
    const tenant = asked.tenant === "acme" ? "rival" : "acme";
    const line = `GET /decisions/${told?.body.decision_id}`;
    const answer = await ground.call({ engine: 1, tenant, line });
    assert.equal(answer.status, 404);
    await answer.body?.cancel();
  }
}

/** What was decided in the worst of times is decided the same again. */
async function judgeReplays(
  ground: Ground,
  taken: readonly Sent[],
): Promise<void> {
  const fallen = taken.filter(({ told }) => told?.body.falls.length > 0);
  const stopped = taken.filter(({ asked }) => asked.purpose === "stopped");
  const some = [...fallen, ...stopped].filter((_, place, { length }) =>
    place % Math.ceil(length / REPLAYED) === 0
  );
  for (const { asked: { tenant }, told } of some) {
    const line = `POST /decisions/${told?.body.decision_id}/replay`;
    const answer = await ground.call({ engine: 0, tenant, line });
    const said = await answer.json();
    assert.deepEqual(said.differences, [], JSON.stringify(said));
  }
}
