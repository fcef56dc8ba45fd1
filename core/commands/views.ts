/**
 * `moe views`: what is known of entities, in versions.
 *
 * @module
 */
import { parseEntityKey } from "../domain/entity.ts";
import { EngineError } from "../domain/error.ts";
import type { FeatureView } from "../domain/feature.ts";
import type { DeclaredView, FeaturePoint } from "../ports/features.ts";
import { fitRatios, type FittedRatio } from "../features/fit_ratios.ts";
import { parseViewRef, printViewRef, serving } from "../features/versions.ts";
import type { Command, Options } from "./command.ts";
import { readJsonFile } from "./files.ts";
import { type Opened, TENANT, withEngine } from "./open.ts";
import { tenantOption } from "./option.ts";
import { printTable, type Terminal } from "./terminal.ts";

/** What a call concerns. */
interface Called {
  readonly opened: Opened;
  readonly tenant: string;
  readonly options: Options;
}

/** Lists views, and changes which there are and which serve. */
export const views: Command = {
  name: "views",
  about:
    "feature views, their versions and states; declare, promote or retire one",
  operands: [],
  options: {
    ...TENANT,
    add: "JSON file of one view or a list of views to declare",
    promote: "NAME@VERSION that is to serve",
    retire: "NAME@VERSION that is not needed any more",
    fit: "NAME of the view of which to fit the ratios' prior and strength",
    "json!": "print JSON",
  },
  run: ({ configuration, terminal }, _operands, options) =>
    withEngine({ configuration, terminal }, async (opened) => {
      const called = { opened, tenant: tenantOption(options), options };
      await change(called);
      if (typeof options.fit === "string") {
        printFitted(terminal, await fit(called, options.fit), options);
        return 0;
      }
      const known = await opened.engine.features.declared(called.tenant);
      printViews(terminal, known, options);
      return 0;
    }),
};

async function change({ opened, tenant, options }: Called): Promise<void> {
  const { features } = opened.engine;
  if (typeof options.add === "string") {
    const given = await readJsonFile(options.add);
    for (const view of Array.isArray(given) ? given : [given]) {
      await features.declare(tenant, view);
    }
  }
  if (typeof options.promote === "string") {
    await features.promote(tenant, parseViewRef(options.promote));
  }
  if (typeof options.retire === "string") {
    await features.retire(tenant, parseViewRef(options.retire));
  }
}

function printViews(
  terminal: Terminal,
  known: readonly DeclaredView[],
  options: Options,
): void {
  if (options.json) {
    terminal.line(JSON.stringify(known, null, 2));
    return;
  }
  printTable(
    [
      { heading: "view" },
      { heading: "state" },
      { heading: "entity" },
      { heading: "features", numeric: true },
      { heading: "owner" },
      { heading: "about" },
    ],
    known.map(({ view, state }) => [
      printViewRef(view),
      state,
      view.entity,
      String(view.features.length),
      view.owner,
      view.about,
    ]),
  ).forEach(terminal.line);
}

async function fit(
  { opened, tenant }: Called,
  name: string,
): Promise<readonly FittedRatio[]> {
  const known = await opened.engine.features.declared(tenant);
  const view = serving(known).find((one) => one.name === name);
  if (view === undefined) {
    throw new EngineError(
      "not_found",
      `Cannot fit feature view "${name}": not found`,
    );
  }
  const points = await pointsOf({ opened, tenant }, view);
  return await fitRatios(opened.stores.history, tenant, { view, points });
}

/** Everybody whom the view describes, now. */
async function pointsOf(
  { opened, tenant }: Pick<Called, "opened" | "tenant">,
  view: FeatureView,
): Promise<FeaturePoint[]> {
  const at = opened.clock.now();
  const points: FeaturePoint[] = [];
  const pages = opened.stores.history.vectors(tenant, view, null);
  for await (const page of pages) {
    for (const { entity } of page) {
      points.push({ id: parseEntityKey(entity).id, at });
    }
  }
  return points;
}

function printFitted(
  terminal: Terminal,
  fitted: readonly FittedRatio[],
  options: Options,
): void {
  if (options.json) {
    terminal.line(JSON.stringify(fitted, null, 2));
    return;
  }
  const digits = (value: number | undefined) => value?.toPrecision(5) ?? "";
  printTable(
    [
      { heading: "feature" },
      { heading: "as" },
      { heading: "entities", numeric: true },
      { heading: "prior", numeric: true },
      { heading: "strength", numeric: true },
    ],
    fitted.map(({ feature, law, fitted }) => [
      feature,
      law,
      fitted ? String(fitted.entities) : "too few, or alike",
      digits(fitted?.prior),
      digits(fitted?.strength),
    ]),
  ).forEach(terminal.line);
  terminal.line(
    "they take effect in the definition: declare the next version with --add",
  );
}
