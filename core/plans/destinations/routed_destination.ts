/**
 * Several platforms as one destination: each entity's budget goes to the platform that
 * is its own, and whatever has none to the one that takes what is left.
 *
 * Whose an entity is, is found out once, when a change set is made, and kept with each
 * operation: a rollback goes where the plan went, even if the source has stopped to
 * report the entity since.
 *
 * @module
 */
import { digest } from "../../domain/canonical.ts";
import type { EntityKey } from "../../domain/entity.ts";
import { EngineError } from "../../domain/error.ts";
import type {
  PlanDestination,
  Routed,
  RoutedChange,
} from "../../ports/changes.ts";
import type { Setting } from "../../../plugins/contract.ts";
import { RATE } from "../changes/change_set.ts";

/** One platform, and what is its own. */
export interface Route {
  /** Unique among the tenant's; kept with each operation. */
  readonly name: string;
  readonly destination: PlanDestination;
  /** Those of some entities that are written there; null takes all that is left. */
  readonly takes:
    | ((entities: readonly EntityKey[]) => Promise<ReadonlySet<EntityKey>>)
    | null;
}

type Target = Omit<Setting, "value"> & Routed;

/**
 * Joins platforms.
 *
 * @param routes What takes all that is left comes last.
 * @returns One destination. Its name is made of theirs, its rate is the slowest of
 * theirs, and its unit a multiple of all of theirs.
 */
export function joinRoutes(routes: readonly Route[]): PlanDestination {
  const [only] = routes;
  if (routes.length === 1 && only?.takes === null) return only.destination;
  const rates = routes.map(({ destination: { rate } }) => rate ?? RATE);
  return {
    name: routes.map(({ destination }) => destination.name).join("+"),
    rate: {
      batch: Math.min(...rates.map(({ batch }) => batch)),
      pauseMs: Math.max(...rates.map(({ pauseMs }) => pauseMs)),
    },
    unit: async () => {
      let unit = 1n;
      for (const { destination } of routes) {
        unit = leastCommonMultiple(unit, await destination.unit?.() ?? 1n);
      }
      return unit;
    },
    route: (entities) => choose(routes, entities),
    read: (targets) => read(routes, targets),
    write: (change) => write(routes, change),
  };
}

/** An entity that two platforms report might be either's: none is guessed. */
async function choose(
  routes: readonly Route[],
  entities: readonly EntityKey[],
): Promise<string[]> {
  const chosen = new Map<EntityKey, string>();
  for (const { name, takes } of routes) {
    const left = entities.filter((entity) => !chosen.has(entity));
    for (const entity of takes ? await takes(entities) : left) {
      const other = chosen.get(entity);
      if (other !== undefined) throw ambiguous(entity, [other, name]);
      chosen.set(entity, name);
    }
  }
  return entities.map((entity) => {
    const name = chosen.get(entity);
    if (name !== undefined) return name;
    throw new EngineError(
      "request_invalid",
      `Cannot write budget of "${entity}": none of the tenant's destinations takes it; configure one without a source for what is left`,
      { facts: { target: entity } },
    );
  });
}

function ambiguous(
  target: EntityKey,
  sources: readonly [string, string],
): EngineError {
  const [one, other] = sources;
  return new EngineError(
    "request_invalid",
    `Cannot write budget of "${target}": both "${one}" and "${other}" report it; take one of them from the tenant's destinations`,
    { facts: { target } },
  );
}

async function read(
  routes: readonly Route[],
  targets: readonly Target[],
): Promise<Setting[]> {
  const found = new Map<string, Setting>();
  for (const { destination, mine } of await share(routes, targets)) {
    for (const setting of await destination.read(mine)) {
      found.set(keyOf(setting), setting);
    }
  }
  return targets.flatMap((target) => found.get(keyOf(target)) ?? []);
}

/** Every platform is tried; the first failure is told after all of them. */
async function write(
  routes: readonly Route[],
  { id, settings }: RoutedChange,
): Promise<void> {
  const failures: unknown[] = [];
  for (const { name, destination, mine } of await share(routes, settings)) {
    const part = mine.length === settings.length
      ? id
      : digest({ change: id, route: name });
    await destination.write({ id: part, settings: mine })
      .catch((error) => failures.push(error));
  }
  if (failures.length > 0) throw failures[0];
}

interface Share<T> {
  readonly name: string;
  readonly destination: PlanDestination;
  readonly mine: readonly T[];
}

/** Parts by platform: as was kept with each, or as is chosen now. */
async function share<T extends Target>(
  routes: readonly Route[],
  targets: readonly T[],
): Promise<Share<Omit<T, "route">>[]> {
  const open = targets.filter(({ route }) => route === undefined)
    .map(({ target }) => target);
  const names = open.length > 0 ? await choose(routes, open) : [];
  const chosen = new Map(open.map((target, at) => [target, names[at]]));
  const parts = Map.groupBy(
    targets,
    ({ target, route }) => route ?? chosen.get(target) ?? "",
  );
  return [...parts].map(([name, part]) => {
    const mine = part.map(({ route: _, ...rest }) => rest);
    return { name, destination: demandRoute(routes, name), mine };
  });
}

function demandRoute(
  routes: readonly Route[],
  name: string,
): PlanDestination {
  const route = routes.find((one) => one.name === name);
  if (route) return route.destination;
  throw new EngineError(
    "configuration_invalid",
    `Cannot use destination "${name}": the plan writes there, and the tenant has it no more; configure it again`,
    { facts: { destination: name } },
  );
}

function keyOf({ target, field }: Target): string {
  return `${field} ${target}`;
}

function leastCommonMultiple(one: bigint, other: bigint): bigint {
  let [a, b] = [one, other];
  while (b > 0n) [a, b] = [b, a % b];
  return one / a * other;
}
