/**
 * `moe features` and `moe lineage`: what is known of one entity, and where it comes
 * from.
 *
 * @module
 */
import { momentValue } from "../domain/calendar.ts";
import type { Instant } from "../domain/day.ts";
import { parseEntityKey } from "../domain/entity.ts";
import { EngineError } from "../domain/error.ts";
import {
  featureId,
  type FeatureReading,
  type FeatureView,
  needsSignals,
} from "../domain/feature.ts";
import { suggestName } from "../domain/nearest_name.ts";
import type { LineageSource } from "../ports/features.ts";
import { type Command, type Options, textOption } from "./command.ts";
import { type Opened, TENANT, withEngine } from "./open.ts";
import { instantOption, tenantOption } from "./option.ts";
import { printTable } from "./terminal.ts";

const OPERANDS = ["VIEW", "ENTITY"];

/** Reads a view's features of an entity. */
export const featuresRead: Command = {
  name: "features",
  about:
    "an entity's features as a decision would read them now; VIEW may be name@version",
  operands: OPERANDS,
  options: {
    ...TENANT,
    purpose: 'what they are read for; "optimization" unless given',
    at: "compute them from the signals, as of that moment",
    "json!": "print JSON",
  },
  run: (scope, operands, options) =>
    withEngine(scope, async (opened) => {
      const place = await findPlace(opened, options, operands);
      const readings = typeof options.at === "string"
        ? await compute(opened, place, instantOption(options, "at", ""))
        : await read(opened, place, textOption(options, "purpose", ""));
      const told = place.view.features.map(({ name, unit }, at) => ({
        feature: name,
        unit,
        ...readings[at],
      }));
      if (options.json) scope.terminal.line(JSON.stringify(told, null, 2));
      else printReadings(told).forEach(scope.terminal.line);
      return 0;
    }),
};

interface Place {
  readonly tenant: string;
  readonly view: FeatureView;
  readonly id: string;
}

type Told =
  & { readonly feature: string; readonly unit: string }
  & Partial<FeatureReading>;

function printReadings(told: readonly Told[]): string[] {
  return printTable(
    [
      { heading: "feature" },
      { heading: "value", numeric: true },
      { heading: "unit" },
      { heading: "status" },
      { heading: "at" },
    ],
    told.map(({ feature, value = null, unit, status = "missing", at }) => [
      feature,
      value === null ? "" : String(value),
      unit,
      status,
      at ?? "",
    ]),
  );
}

async function read(
  { engine, clock }: Opened,
  { tenant, view, id }: Place,
  purpose: string,
): Promise<(FeatureReading | undefined)[]> {
  const name = `${view.name}@${view.version}`;
  const ids = view.features.map((feature) => featureId(name, feature.name));
  const readings = await engine.features.read(tenant, {
    ids,
    entities: { [view.entity]: id },
    at: clock.now(),
    ...(purpose !== "" && { purpose }),
  });
  return ids.map((id) => readings[id]);
}

async function compute(
  { stores }: Opened,
  { tenant, view, id }: Place,
  at: Instant,
): Promise<FeatureReading[]> {
  const [values = []] = await stores.history.aggregate(tenant, view, {
    points: [{ id, at }],
    knownAt: null,
  });
  return view.features.map(({ aggregation }, place): FeatureReading => {
    const value = needsSignals(aggregation) || aggregation.how === "request"
      ? values[place] ?? null
      : momentValue(aggregation, at);
    return { value, status: value === null ? "missing" : "fresh", at };
  });
}

/** Says where a value comes from. */
export const lineage: Command = {
  name: "lineage",
  about: "the signals and the run behind a feature of an entity",
  operands: OPERANDS,
  options: {
    ...TENANT,
    "feature*": "name of the feature in the view",
    at: "moment at which its window ends; now unless given",
    "known-at": "only what was known by then",
    "json!": "print JSON",
  },
  run: (scope, operands, options) =>
    withEngine(scope, async (opened) => {
      const { tenant, view, id } = await findPlace(opened, options, operands);
      const feature = findFeature(view, textOption(options, "feature", ""));
      const found = await opened.engine.features.lineage(tenant, view, {
        feature,
        id,
        at: instantOption(options, "at", opened.clock.now()),
        knownAt: options["known-at"] === undefined
          ? null
          : instantOption(options, "known-at", ""),
      });
      const { terminal } = scope;
      if (options.json) {
        terminal.line(JSON.stringify(found, null, 2));
        return 0;
      }
      terminal.line(
        found.at === null
          ? `${view.name}@${view.version} keeps nothing of it`
          : `${view.name}@${view.version}, computed at ${found.at} by ${found.run}`,
      );
      printSources(found.sources).forEach(terminal.line);
      return 0;
    }),
};

function printSources(sources: readonly LineageSource[]): string[] {
  return printTable(
    [
      { heading: "source" },
      { heading: "connector" },
      { heading: "signals", numeric: true },
      { heading: "first" },
      { heading: "last" },
      { heading: "observed" },
      { heading: "batches", numeric: true },
    ],
    sources.map((one) => [
      one.source,
      one.connector ?? "",
      String(one.signals),
      one.firstAt,
      one.lastAt,
      one.lastObservedAt,
      one.batches.join("–"),
    ]),
  );
}

async function findPlace(
  { engine }: Opened,
  options: Options,
  [name = "", entity = ""]: readonly string[],
): Promise<Place> {
  const tenant = tenantOption(options);
  const declared = (await engine.features.declared(tenant))
    .filter(({ state }) => state !== "retired");
  const found = declared.find(({ view, state }) =>
    name === `${view.name}@${view.version}` ||
    name === view.name && state === "serving"
  );
  if (!found) {
    throw unknown("VIEW", name, declared.map(({ view }) => view.name));
  }
  const { view } = found;
  return { tenant, view, id: idOf(entity, view) };
}

function idOf(text: string, { name, entity }: FeatureView): string {
  const key = text.includes(":") ? parseKey(text) : null;
  if (key?.type === entity) return key.id;
  throw new EngineError(
    "request_invalid",
    `Cannot read features: view "${name}" describes a ${entity}; give "${entity}:<id>"`,
    { facts: { operand: "ENTITY" } },
  );
}

function parseKey(text: string) {
  try {
    return parseEntityKey(text);
  } catch {
    return null;
  }
}

function findFeature({ features }: FeatureView, name: string): string {
  const names = features.map((feature) => feature.name);
  if (names.includes(name)) return name;
  throw unknown("--feature", name, names);
}

function unknown(
  what: string,
  name: string,
  known: readonly string[],
): EngineError {
  return new EngineError(
    "not_found",
    `Cannot use ${what} "${name}": ${suggestName(name, [...new Set(known)])}`,
    { facts: { option: what } },
  );
}
