/**
 * `moe materialize`: what is known of entities, kept online.
 *
 * @module
 */
import type { Instant } from "../domain/day.ts";
import { EngineError } from "../domain/error.ts";
import type { Command, Options } from "./command.ts";
import { TENANT, withEngine } from "./open.ts";
import { instantOption, tenantOption } from "./option.ts";
import { printTable } from "./terminal.ts";

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
