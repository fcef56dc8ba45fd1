/**
 * `moe views` and `moe materialize`: what is known of entities, and keeping it online.
 *
 * @module
 */
import type { Instant } from "../domain/day.ts";
import { EngineError } from "../domain/error.ts";
import type { Command, Options } from "./command.ts";
import { readJsonFile } from "./files.ts";
import { TENANT, withEngine } from "./open.ts";
import { instantOption, tenantOption } from "./option.ts";
import { printTable } from "./terminal.ts";

/** Lists views, or declares one. */
export const views: Command = {
  name: "views",
  about: "feature views in force; with --add, declare those of a JSON file",
  operands: [],
  options: { ...TENANT, add: "JSON file of one view or a list of views" },
  run: (scope, _operands, options) =>
    withEngine(scope, async ({ engine }) => {
      const tenant = tenantOption(options);
      if (typeof options.add === "string") {
        const given = await readJsonFile(options.add);
        for (const view of Array.isArray(given) ? given : [given]) {
          await engine.features.declare(tenant, view);
        }
      }
      const found = await engine.features.views(tenant);
      printTable(
        [
          { heading: "view" },
          { heading: "entity" },
          { heading: "features", numeric: true },
          { heading: "owner" },
          { heading: "about" },
        ],
        found.map(({ name, version, entity, features, owner, about }) => [
          `${name}@${version}`,
          entity,
          String(features.length),
          owner,
          about,
        ]),
      ).forEach(scope.terminal.line);
      return 0;
    }),
};

/** Computes features and keeps them online. */
export const features: Command = {
  name: "materialize",
  about: "compute all feature views as of now and keep them online",
  operands: [],
  options: { ...TENANT, at: "moment at which windows end; now unless given" },
  run: (scope, _operands, options) =>
    withEngine(scope, async ({ engine, clock }) => {
      const runs = await engine.features.materialize(
        tenantOption(options),
        {
          at: pastOption(options, clock.now()),
          report: scope.terminal.progress,
        },
      );
      printTable(
        [{ heading: "view" }, { heading: "entities", numeric: true }, {
          heading: "at",
        }],
        runs.map(({ view, version, rows, at }) => [
          `${view}@${version}`,
          String(rows),
          at,
        ]),
      ).forEach(scope.terminal.line);
      return 0;
    }),
};

/** Not of the future: until then its vectors would hide all that is computed. */
function pastOption(options: Options, now: Instant): Instant {
  const at = instantOption(options, "at", now);
  if (at <= now) return at;
  throw new EngineError(
    "request_invalid",
    `Cannot materialize at "${at}": give a moment that has passed`,
    { facts: { option: "at" } },
  );
}
