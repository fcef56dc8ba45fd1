/**
 * Plans that are asked for meanwhile, each under one key at both engines at once: what is
 * answered keeps all that bounds it, is found afterwards, and is there once.
 *
 * @module
 */
import assert from "node:assert/strict";
import { addDays } from "../../core/domain/day.ts";
import { type Tenant, TENANTS } from "./company.ts";
import type { Ground } from "./ground.ts";
import { judgeRefusal, UNREADABLE } from "./judge.ts";
import { tell, type Told } from "./load.ts";
import { PLANNED } from "../plans/planted_curves.ts";
import { DAILY_CAP_MICROS, PLAN_DAYS, plannedOf } from "./planned.ts";

/** A plan that is asked for, as often as it is. */
export interface AskedPlan {
  readonly tenant: Tenant;
  readonly key: string;
  /** First day of its period. */
  readonly from: string;
  readonly totalMicros: number;
}

/** What came of asking for it; null where the connection broke. */
export interface SentPlan {
  readonly asked: AskedPlan;
  readonly told: Told | null;
}

/** Plans asked for until that is stopped. */
export interface Planning {
  /** All that was answered so far. */
  readonly sent: readonly SentPlan[];
  /** Waits until everything is answered. */
  stop(): Promise<void>;
}

const PAUSE_MS = 500;
/** So much that the request's bound and the deployment's cap both bind. */
const TOTAL_MICROS = 400_000_000;
/** Most for the first campaign over the whole period, as requests say. */
const FIRST_MOST_MICROS = 60_000_000;

/** Begins to ask, whether those before were answered or not. */
export function startPlanning(ground: Ground): Planning {
  const sent: SentPlan[] = [];
  const underWay = new Set<Promise<void>>();
  const from = addDays(new Date().toISOString().slice(0, 10), 2);
  let count = 0;
  function send(asked: AskedPlan, engine: number): void {
    const sending = askPlan(ground, asked, engine).then((one) => {
      sent.push(one);
      underWay.delete(sending);
    });
    underWay.add(sending);
  }
  const timer = setInterval(() => {
    const tenant = TENANTS[count % 2] ?? "acme";
    const totalMicros = TOTAL_MICROS + count;
    const asked = { tenant, key: `plan-${count}`, from, totalMicros };
    for (let engine = 0; engine < ground.engines; engine++) send(asked, engine);
    count++;
  }, PAUSE_MS);
  return {
    sent,
    async stop() {
      clearInterval(timer);
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}

/**
 * Asks for a plan.
 *
 * @throws {Error} If it hangs.
 */
async function askPlan(
  { url, keys }: Pick<Ground, "url" | "keys">,
  asked: AskedPlan,
  engine: number,
): Promise<SentPlan> {
  const { tenant, key, from, totalMicros } = asked;
  const [first] = plannedOf(tenant);
  const told = await tell(`${url(engine)}/optimization/plan`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${keys[tenant]}`,
      ...{ "content-type": "application/json", "idempotency-key": key },
    },
    body: JSON.stringify({
      period: { from, until: addDays(from, PLAN_DAYS) },
      total: { micros: `${totalMicros}`, currency: "EUR" },
      currency: "EUR",
      bounds: { [`${first}`]: { ["hi_micros"]: `${FIRST_MOST_MICROS}` } },
    }),
  });
  return { asked, told };
}

/**
 * Judges an answer by itself.
 *
 * @throws {AssertionError} If it is wrong.
 */
export function judgePlan({ asked, told }: SentPlan): void {
  if (told === null) return;
  const about = `${JSON.stringify(asked)} ${JSON.stringify(told)}`;
  if (isStopped({ asked, told })) return;
  if (told.status !== 201) return judgeRefusal(told, about);
  const { state, findings, recommendations, ...plan } = told.body;
  assert.deepEqual([state, findings], ["validated", []], about);
  assert.equal(plan["model_version"], `${PLANNED}@1`, about);
  assert.equal(plan.total.micros, `${asked.totalMicros}`, about);
  const budgets = recommendations.map((
    { entity, budget }: { entity: string; budget: { micros: string } },
  ) => [entity, Number(budget.micros)]);
  assert.deepEqual(new Map(budgets), rightBudgets(asked), about);
}

/** The first campaign is worth most, then the second; each gets the most that it may. */
function rightBudgets(
  { tenant, totalMicros }: AskedPlan,
): ReadonlyMap<string, number> {
  const [first = "", second = "", third = ""] = plannedOf(tenant);
  const capMicros = DAILY_CAP_MICROS * PLAN_DAYS;
  return new Map([
    [first, FIRST_MOST_MICROS],
    [second, capMicros],
    [third, totalMicros - FIRST_MOST_MICROS - capMicros],
  ]);
}

/** Whether there is none because the engine knows no policies of the company. */
function isStopped({ asked: { tenant }, told }: SentPlan): boolean {
  const { code, facts } = told?.body ?? {};
  return tenant === "acme" && told?.status === 422 &&
    code === "plan_infeasible" && facts.constraints.includes(UNREADABLE);
}

/**
 * Judges all that came of it, once all is well: a key, asked once more, has the answer that
 * it had, which is found, and each has one plan.
 *
 * @throws {AssertionError} If something is wrong.
 */
export async function judgePlans(
  ground: Ground,
  sent: readonly SentPlan[],
): Promise<void> {
  sent.forEach(judgePlan);
  assert.ok(sent.some(isMade), "some plans were made");
  const again = new Map<string, SentPlan>();
  for (const { asked } of sent) {
    if (again.has(asked.key)) continue;
    const one = await askPlan(ground, asked, again.size % ground.engines);
    assert.ok(isMade(one), JSON.stringify(one));
    judgePlan(one);
    await judgeFound(ground, one);
    again.set(asked.key, one);
  }
  for (const one of sent.filter(isMade)) {
    const { asked: { key }, told } = one;
    assert.deepEqual(told?.body, again.get(key)?.told?.body, key);
  }
  assert.equal(await countPlans(ground), again.size, "each key has one plan");
}

function isMade({ told }: SentPlan): boolean {
  return told?.status === 201;
}

async function judgeFound(
  ground: Ground,
  { asked: { tenant }, told }: SentPlan,
): Promise<void> {
  const line = `GET /optimization/plans/${told?.body["plan_id"]}`;
  const found = await ground.call({ engine: 1, tenant, line });
  assert.deepEqual(await found.json(), told?.body, line);
}

async function countPlans(ground: Ground): Promise<number> {
  const rows = await ground.reading((sql) =>
    sql.query<{ id: string }>("select id from plan")
  );
  return rows.length;
}

/** What came of it, for whoever reads the run. */
export function printPlanned(sent: readonly SentPlan[]): string {
  const made = sent.filter(isMade).length;
  const lost = sent.filter(({ told }) => told === null).length;
  const refused = sent.length - made - lost;
  return `plans: ${made} made, ${refused} refused, ${lost} lost`;
}
