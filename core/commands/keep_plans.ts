/**
 * Makes plans at night if the operator asked for it, verifies the plans that were
 * applied once a day, and looks at their guardrails. A plan that is made here is never
 * approved here; one whose guardrail is broken is rolled back.
 *
 * Plans that stopped half-way are told of. One node at a time does it, for as long as
 * it holds the lease. What was made is on record under the night and its setting, so
 * that a restart makes nothing twice, in whatever order the settings are then.
 *
 * @module
 */
import { sha256 } from "../domain/canonical.ts";
import { DAY_MS, type Instant } from "../domain/day.ts";
import type { Plan } from "../domain/plan.ts";
import { planToJson } from "../http/wire/plan_json.ts";
import type { Clock, Ids } from "../ports/clock.ts";
import type { SignalStore } from "../ports/signals.ts";
import type { LeaseStore } from "../ports/stores.ts";
import type { Plans } from "../plans/plans.ts";
import { lastDue, NIGHTLY } from "./keep_models.ts";
import type { NightlyPlan } from "./nightly_plans.ts";
import { printError } from "./print_error.ts";
import { type Background, type Found, inRounds, sayOnce } from "./rounds.ts";

/** Name of the lease of who looks after plans. */
const LEASE = "plans";
/** Pause between two rounds, in which little is mostly due. */
const ROUND_MS = 60_000;
/** How long after a node died another goes on. */
const LEASE_MS = 600_000;
/** Pause after a look that failed or found a plan half-way, in which writes may go on. */
const AGAIN_MS = 3_600_000;
/** Route under which the answers to its own requests are kept. */
const ROUTE = "nightly plan";

/** One line of the log. */
export interface PlanEntry {
  readonly at: Instant;
  readonly level: "info" | "warn" | "error";
  readonly event:
    | "plan_made"
    | "plan_drifted"
    | "plan_guardrail"
    | "plan_half_way"
    | "plan_rolled_back"
    | "plans_failed";
  /** Null if it is of all. */
  readonly tenant: string | null;
  /** In one line, without personal data. */
  readonly detail: string;
}

/** What it works with. */
export interface PlanKeeperScope {
  readonly plans: Pick<
    Plans,
    "make" | "watched" | "history" | "verify" | "guard"
  >;
  readonly signals: Pick<SignalStore, "tenants">;
  readonly leases: LeaseStore;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Time of day, UTC, `HH:MM`, at which plans are made; null for never. */
  readonly planAt: string | null;
  readonly nightly: readonly NightlyPlan[];
  log(entry: PlanEntry): void;
  /** Pause between rounds, ms; a minute unless given. */
  readonly roundMs?: number;
}

interface FoundPlan extends Found {
  readonly event:
    | "plan_drifted"
    | "plan_guardrail"
    | "plan_half_way"
    | "plans_failed";
}

type Say = (found: FoundPlan) => void;

/**
 * Starts.
 *
 * @param scope What it works with.
 * @returns What stops it.
 */
export function keepPlans(scope: PlanKeeperScope): Background {
  const stopping = new AbortController();
  return {
    stop: () => stopping.abort(),
    ended: keep(scope, stopping.signal),
  };
}

async function keep(
  scope: PlanKeeperScope,
  signal: AbortSignal,
): Promise<void> {
  const { clock, ids, leases, log, roundMs = ROUND_MS } = scope;
  const holder = ids.next("plans");
  const told = sayOnce<FoundPlan>((found) =>
    log({ at: clock.now(), level: "warn", ...found })
  );
  const failed = (error: unknown) =>
    log({
      ...{ at: clock.now(), level: "error", event: "plans_failed" },
      ...{ tenant: null, detail: printError(error) },
    });
  const holds = async () =>
    !signal.aborted && await leases.take(LEASE, holder, LEASE_MS);
  const memory: Memory = { made: new Set(), looked: new Map() };
  await inRounds(
    signal,
    { everyMs: roundMs, failed },
    () =>
      told(async (say) => {
        if (!await holds()) return;
        await makeDue(scope, memory, { say, holds });
        await lookAfter(scope, memory, { say, holds });
      }),
  );
  await leases.release(LEASE, holder).catch(() => {});
}

/** What was done already; on record too, but for what failed. */
interface Memory {
  readonly made: Set<string>;
  /** Until when what was found of each watched plan holds, ms. */
  readonly looked: Map<
    string,
    { readonly until: number; readonly found: readonly FoundPlan[] }
  >;
}

interface Round {
  readonly say: Say;
  holds(): Promise<boolean>;
}

/** What cannot be planned is tried again in the next round, and told once. */
async function makeDue(
  scope: PlanKeeperScope,
  { made }: Memory,
  { say, holds }: Round,
): Promise<void> {
  const { clock, planAt, nightly } = scope;
  const due = planAt === null ? null : lastDue(clock.now(), planAt);
  if (due === null) return;
  for (const [place, setting] of nightly.entries()) {
    const key = `${due} ${sha256(setting.text)}`;
    if (made.has(key) || !await holds()) continue;
    try {
      await makeOne(scope, setting, key);
      made.add(key);
    } catch (error) {
      say({
        ...{ tenant: setting.tenant, event: "plans_failed" },
        ...{ id: [String(place)], detail: printError(error) },
      });
    }
  }
}

async function makeOne(
  { plans, clock, log }: PlanKeeperScope,
  { tenant, text, request }: NightlyPlan,
  key: string,
): Promise<void> {
  const { plan } = await plans.make(tenant, request(clock.now()), {
    by: NIGHTLY,
    idempotent: { route: ROUTE, key, requestHash: sha256(text) },
    render: (plan) => JSON.stringify(planToJson(plan)),
  });
  if (plan === null) return;
  log({
    ...{ at: clock.now(), level: "info", event: "plan_made", tenant },
    detail: `${plan.id} is ${plan.state}: ${
      plan.findings[0]?.message ?? "approve and apply it, or leave it"
    }`,
  });
}

async function lookAfter(
  scope: PlanKeeperScope,
  { looked }: Memory,
  { say, holds }: Round,
): Promise<void> {
  const { clock, plans, signals } = scope;
  const present = new Set<string>();
  for (const tenant of await signals.tenants()) {
    for (const plan of await plans.watched(tenant)) {
      if (!await holds()) return;
      const key = JSON.stringify([tenant, plan.id, plan.state]);
      present.add(key);
      const now = Date.parse(clock.now());
      const last = looked.get(key);
      const known = last !== undefined && now < last.until;
      const found = known ? last.found : await lookAt(scope, tenant, plan);
      if (!known) looked.set(key, { until: now + restOf(plan, found), found });
      found.forEach(say);
    }
  }
  for (const key of looked.keys()) if (!present.has(key)) looked.delete(key);
}

function restOf({ state }: Plan, found: readonly FoundPlan[]): number {
  const failed = found.some(({ event }) => event === "plans_failed");
  return failed || state !== "applied" ? AGAIN_MS : DAY_MS;
}

async function lookAt(
  scope: PlanKeeperScope,
  tenant: string,
  { id }: Plan,
): Promise<readonly FoundPlan[]> {
  try {
    return await findOn(scope, tenant, id);
  } catch (error) {
    const detail = `${id}: ${printError(error)}`;
    return [{ tenant, event: "plans_failed", id: [id], detail }];
  }
}

async function findOn(
  scope: PlanKeeperScope,
  tenant: string,
  id: string,
): Promise<readonly FoundPlan[]> {
  const { plans, clock, log } = scope;
  const { plan, looks } = await plans.guard(tenant, id);
  if (plan.state === "rolled_back") {
    const broken = looks.filter(({ verdict }) => verdict === "regressed")
      .map(({ detail }) => detail);
    log({
      ...{ at: clock.now(), level: "warn", event: "plan_rolled_back", tenant },
      detail: `${id}: ${broken.join("; ") || "to its end"}`,
    });
  }
  if (plan.state === "applying" || plan.state === "rolling_back") {
    return await findStopped(scope, tenant, plan);
  }
  if (plan.state !== "applied") return [];
  const { findings } = await plans.verify(tenant, id, NIGHTLY);
  return [
    ...looks.map(({ guardrail, verdict, detail }): FoundPlan => ({
      ...{ tenant, event: "plan_guardrail", detail: `${id}: ${detail}` },
      id: [id, guardrail.metric, guardrail.entity, verdict],
    })),
    ...findings.map(({ code, entity, message }): FoundPlan => ({
      ...{ tenant, event: "plan_drifted", detail: `${id}: ${message}` },
      id: [id, code, entity],
    })),
  ];
}

/** What the engine does not go on with by itself: somebody has to. */
async function findStopped(
  { plans, clock }: PlanKeeperScope,
  tenant: string,
  { id, state }: Plan,
): Promise<readonly FoundPlan[]> {
  const last = (await plans.history(tenant, id)).at(-1);
  const age = Date.parse(clock.now()) - Date.parse(last?.at ?? "");
  if (last === undefined || age < AGAIN_MS) return [];
  const detail = `${id} is ${state} since ${last.at}: ${
    last.reason ?? "its writes stopped; go on, or roll it back"
  }`;
  return [{ tenant, event: "plan_half_way", id: [id, state, last.at], detail }];
}
