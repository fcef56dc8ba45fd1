/**
 * Whether a request can be planned at all, before anything is solved.
 *
 * @module
 */
import { countDays, startOfDay } from "../../../domain/day.ts";
import type { EntityKey } from "../../../domain/entity.ts";
import type { PlanRequest } from "../../../domain/plan_request.ts";
import type { FittedCurve, ModelRecord } from "../../../domain/score.ts";
import { refuseField } from "./refusal.ts";

/** Sums of weighted amounts are exact up to here. */
const EXACT = BigInt(Number.MAX_SAFE_INTEGER) / 1000n;

/**
 * Checks what does not need curves.
 *
 * @throws {EngineError} `request_invalid` naming the field, or both that do not go
 * together.
 */
export function checkRequest(
  request: PlanRequest,
  now: string,
  record: ModelRecord,
): void {
  const { period, currency, totalMicros } = request;
  if (countDays(period) < 1) {
    throw refuseField(
      "period.until",
      `period.until "${period.until}" must be after period.from "${period.from}"`,
    );
  }
  if (startOfDay(period.until) <= now) {
    throw refuseField(
      "period.until",
      `period.until "${period.until}" has passed; plan a period that ends later`,
    );
  }
  if (record.use.kind !== "plan" || record.use.currency !== currency) {
    throw refuseField(
      "currency",
      `currency "${currency}" is not that of model "${record.name}", which was trained in ${record.use.currency}`,
    );
  }
  if (totalMicros !== null && totalMicros < 0n) {
    throw refuseField("total", "total must not be negative");
  }
  const days = countDays(period);
  const { exploration, stepMicros } = request;
  if (stepMicros !== undefined && stepMicros <= 0n) {
    throw refuseField("step_micros", "step_micros must be above 0");
  }
  if (exploration && exploration.testDays > days) {
    throw refuseField(
      "exploration.test_days",
      `exploration.test_days "${exploration.testDays}" is more than the ${days} days of the period`,
    );
  }
  refuseTogether(request);
}

/** Refuses fields that no method handles together. */
function refuseTogether(request: PlanRequest): void {
  const { risk, groups = [], objective, spend, exploration } = request;
  if (request.schedule) {
    if (request.stepMicros !== undefined) refuseBoth("schedule", "step_micros");
    if (request.targetOutcome !== undefined) {
      refuseBoth("schedule", "target_outcome");
    }
  }
  const intricate = [
    ...request.leastIfOn ? ["least_if_on"] : [],
    ...request.returns?.length ? ["returns"] : [],
    ...groups.some(({ mostOn }) => mostOn !== undefined)
      ? ["groups[].most_on"]
      : [],
  ];
  const hedged = (risk?.measure ?? "mean") !== "mean";
  const profit = objective?.maximize === "profit";
  if (hedged && intricate[0]) refuseBoth("risk.measure", intricate[0]);
  if (hedged && profit && spend === "up_to") {
    refuseBoth(
      "risk.measure",
      'spend "up_to" with objective.maximize "profit"',
    );
  }
  if (risk?.measure === "chance" && profit) {
    refuseBoth('risk.measure "chance"', 'objective.maximize "profit"');
  }
  if (request.targetOutcome !== undefined) {
    if (hedged) refuseBoth("target_outcome", "risk.measure");
    if (profit) refuseBoth("target_outcome", 'objective.maximize "profit"');
    if (objective?.weights) refuseBoth("target_outcome", "objective.weights");
  }
  if (exploration === undefined) return;
  const [rich] = [
    ...intricate,
    ...groups.length > 0 ? ["groups"] : [],
    ...request.shares?.length ? ["shares"] : [],
    ...profit ? ['objective.maximize "profit"'] : [],
  ];
  if (rich) refuseBoth("exploration", rich);
}

function refuseBoth(one: string, other: string): never {
  throw refuseField(
    one,
    `${one} and ${other} cannot be asked for together; leave one of them out`,
  );
}

/**
 * Chooses the curves of the entities asked for.
 *
 * @throws {EngineError} `request_invalid` if one has none.
 */
export function chooseCurves(
  { entities }: PlanRequest,
  curves: readonly FittedCurve[],
): readonly FittedCurve[] {
  const known = new Map(curves.map((curve) => [curve.entity, curve]));
  const chosen = entities === null
    ? curves
    : [...new Set(entities)].map((entity) =>
      known.get(entity) ?? refuseEntity("entities", entity)
    );
  if (chosen.length === 0) {
    throw refuseField("scope.entities", "there is no entity to plan");
  }
  return chosen;
}

/**
 * Checks that every key stands for somebody who is planned, and that sums can be exact.
 *
 * @throws {EngineError} `request_invalid` naming the field.
 */
export function checkKeys(
  request: PlanRequest,
  chosen: readonly FittedCurve[],
  total: bigint,
): void {
  const known = new Set<string | null>(
    chosen.flatMap(({ entity, parent }) => [entity, parent]),
  );
  const fields = {
    "bounds": request.bounds,
    "change_limit.of": request.changeLimit?.of,
    "least_if_on": request.leastIfOn,
    "objective.weights": request.objective?.weights,
  };
  for (const [field, keyed = {}] of Object.entries(fields)) {
    for (const key of Object.keys(keyed)) {
      if (!known.has(key)) refuseEntity(field, key as EntityKey);
    }
  }
  if (request.exploration) refuseParents(request, chosen);
  const names = (request.groups ?? []).map(({ name }) => name);
  const twice = names.find((name, at) =>
    names.indexOf(name) < at || known.has(name)
  );
  if (twice !== undefined) {
    throw refuseField(
      "groups[].name",
      `groups[].name "${twice}" stands for something else already`,
    );
  }
  const weighed = ["shares", "returns"] as const;
  const rows = weighed.find((field) => request[field]?.length);
  if (rows !== undefined && total > EXACT) {
    throw refuseField(
      "total",
      `total "${total}" is above ${EXACT} micros, up to which ${rows} can be kept exactly`,
    );
  }
}

/** What tests cost and bring is reckoned with bounds of single entities only. */
function refuseParents(
  { bounds, changeLimit }: PlanRequest,
  chosen: readonly FittedCurve[],
): void {
  const own = new Set<string>(chosen.map(({ entity }) => entity));
  const keyed = { bounds, "change_limit.of": changeLimit?.of ?? {} };
  for (const [field, keys] of Object.entries(keyed)) {
    const parent = Object.keys(keys).find((key) => !own.has(key));
    if (parent) refuseBoth("exploration", `${field}["${parent}"]`);
  }
}

function refuseEntity(field: string, entity: EntityKey): never {
  throw refuseField(
    field,
    `${field} names "${entity}", which the model has no curve for`,
  );
}
