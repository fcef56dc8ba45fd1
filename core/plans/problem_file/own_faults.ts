/**
 * What fields of a problem file say that cannot be true together: names that are
 * not there, lists of the wrong length, parts of one kind of problem in another.
 *
 * @module
 */
import { listDrawFaults } from "./draw_faults.ts";
import type { OwnEntity, OwnProblem } from "./own_schema.ts";

/** Fields of entities that mean something only in periods, and only without. */
const IN_PERIODS = [
  ...["total", "carry_over", "history", "season", "ramp", "before", "spent"],
] as const;
const IN_ONE = ["off", "step", "group", "change", "seen"] as const;
const TOP_IN_ONE = ["groups", "linear", "returns", "uncertainty"] as const;

/** Lists faults, each `field: what is wrong`; none if all is well. */
export function listFaults(own: OwnProblem): string[] {
  return [
    ...listRepeated(own),
    ...listStrangers(own),
    ...own.entities.flatMap((entity, at) =>
      listOwnFaults(entity, own).map((fault) =>
        `entities[${at}] ("${entity.id}").${fault}`
      )
    ),
    ...own.periods === undefined ? [] : listPeriodFaults(own),
    ...listDrawFaults(own),
  ];
}

function* listRepeated(own: OwnProblem): Generator<string> {
  for (const list of ["entities", "groups", "linear", "returns"] as const) {
    const seen = new Set<string>();
    for (const [at, { id }] of (own[list] ?? []).entries()) {
      if (seen.has(id)) {
        yield `${list}[${at}].id: "${id}" is there already; give each a name of its own`;
      }
      seen.add(id);
    }
  }
}

/** Names of groups and entities that are not in the file, and groups that hold each other. */
function* listStrangers(
  { entities, groups = [], linear = [], returns = [] }: OwnProblem,
): Generator<string> {
  const parents = new Map(groups.map(({ id, parent }) => [id, parent ?? null]));
  const isStrange = (id: string | null | undefined) =>
    id !== null && id !== undefined && !parents.has(id);
  const stranger = (field: string, id: string | null | undefined) =>
    `${field}: there is no group "${id}"; add it to "groups" or leave it out`;
  for (const [at, { id, group }] of entities.entries()) {
    if (isStrange(group)) {
      yield stranger(`entities[${at}] ("${id}").group`, group);
    }
  }
  for (const [at, { id, parent }] of groups.entries()) {
    if (isStrange(parent)) {
      yield stranger(`groups[${at}] ("${id}").parent`, parent);
    }
    if (isCircular(parents, id)) {
      yield `groups[${at}] ("${id}").parent: the groups hold each other in a circle`;
    }
  }
  for (const [at, { id, group }] of returns.entries()) {
    if (isStrange(group)) {
      yield stranger(`returns[${at}] ("${id}").group`, group);
    }
  }
  const known = new Set(entities.map(({ id }) => id));
  for (const [at, { id, terms }] of linear.entries()) {
    for (const name of Object.keys(terms)) {
      if (known.has(name)) continue;
      yield `linear[${at}] ("${id}").terms: there is no entity "${name}"`;
    }
  }
}

function isCircular(
  parents: ReadonlyMap<string, string | null>,
  id: string,
): boolean {
  let at = parents.get(id) ?? null;
  for (let step = 0; at !== null && step <= parents.size; step++) {
    if (at === id) return true;
    at = parents.get(at) ?? null;
  }
  return false;
}

function listOwnFaults(
  entity: OwnEntity,
  { periods }: OwnProblem,
): string[] {
  const { curve, change, today, lo = 0, hi } = entity;
  const wrong = (periods ? IN_ONE : IN_PERIODS).filter((field) =>
    entity[field] !== undefined
  ).map((field) =>
    periods
      ? `${field}: cannot be combined with "periods"; leave one out`
      : `${field}: means something with "periods" only; add those or leave it out`
  );
  const lists = periods
    ? []
    : (["lo", "hi"] as const).filter((side) => Array.isArray(entity[side])).map(
      (side) => `${side}: expected one number, as there are no "periods"`,
    );
  return [
    ...wrong,
    ...lists,
    ...periods ? listLengthFaults(entity, periods) : [],
    ...change !== undefined && today === undefined
      ? ['change: counts from "today"; add that']
      : [],
    ...curve.type === "piecewise" && !Array.isArray(lo)
      ? listPointFaults(curve.points, lo)
      : [],
    ...periods && (curve.type === "piecewise" || curve.type === "sampled")
      ? [
        'curve.type: expected "hill", "logistic" or "michaelis_menten" with "periods"',
      ]
      : [],
    ...hi === 0 && entity.step
      ? ["step: nothing may be received; leave it out"]
      : [],
  ];
}

function listLengthFaults(
  entity: OwnEntity,
  { count, after = 0 }: NonNullable<OwnProblem["periods"]>,
): string[] {
  const { lo, hi, season, spent = [] } = entity;
  const wrong = (field: string, list: unknown, length: number) =>
    Array.isArray(list) && list.length !== length
      ? [
        `${field}: expected ${length} numbers, one for each period, not ${list.length}`,
      ]
      : [];
  return [
    ...wrong("lo", lo, count),
    ...wrong("hi", hi, count),
    ...wrong("season", season, count + after),
    ...spent.length > count
      ? [`spent: expected at most ${count} numbers, not ${spent.length}`]
      : [],
  ];
}

function listPointFaults(
  points: readonly (readonly [number, number])[],
  lo: number,
): string[] {
  const turn = points.findIndex(([amount], at) =>
    at > 0 && amount <= (points[at - 1]?.[0] ?? -1)
  );
  if (turn > 0) {
    return [`curve.points[${turn}]: amounts must ascend; sort the points`];
  }
  return (points[0]?.[0] ?? 0) > lo
    ? ['curve.points[0]: must stand at or below "lo"; add the outcome there']
    : [];
}

function listPeriodFaults(own: OwnProblem): string[] {
  const { periods, objective = "outcome" } = own;
  const totals = periods?.totals;
  return [
    ...TOP_IN_ONE.filter((field) => own[field] !== undefined).map((field) =>
      `${field}: cannot be combined with "periods"; leave one out`
    ),
    ...objective === "profit"
      ? ['objective: expected "outcome" with "periods"']
      : [],
    ...totals && totals.length !== periods.count
      ? [
        `periods.totals: expected ${periods.count}, one for each period, not ${totals.length}`,
      ]
      : [],
  ];
}
