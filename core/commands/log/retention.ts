/**
 * `moe retention`: what was kept for long enough leaves the database.
 *
 * @module
 */
import { runRetention } from "../../decisions/log/retention/retention.ts";
import type { Retired } from "../../decisions/log/retention/run.ts";
import type { Command } from "../command.ts";
import { AS, withEngine } from "../open.ts";
import { printTable } from "../terminal.ts";
import { readVerifiers } from "./checkpoint_key.ts";
import { readRetentionRules } from "./retention_rules.ts";

/** Carries the rules out. */
export const retention: Command = {
  name: "retention",
  about: "take out what was kept for longer than MOE_RETENTION says",
  operands: [],
  options: { ...AS, "dry-run!": "only say what would leave" },
  run: (scope, _operands, options) =>
    withEngine(scope, async ({ stores, ids, clock }) => {
      const { configuration, terminal } = scope;
      const rules = await readRetentionRules(configuration);
      const verifiers = await readVerifiers(configuration, undefined);
      const done = await runRetention({ ...stores, verifiers, ids }, {
        ...{ rules, now: clock.now(), dryRun: options["dry-run"] === true },
        report: ({ tenant, purpose }) =>
          terminal.progress(`${tenant}: ${purpose}`, null),
      });
      terminal.done();
      printRetired(done).forEach(terminal.line);
      return done.every(({ failed }) => !failed) ? 0 : 1;
    }),
};

function printRetired(done: readonly Retired[]): string[] {
  return printTable(
    [
      { heading: "tenant" },
      { heading: "what" },
      { heading: "days", numeric: true },
      { heading: "left", numeric: true },
      { heading: "up to", numeric: true },
      { heading: "why not" },
    ],
    done.map(({ tenant, purpose, days, count, upTo, held }) => [
      ...[tenant, purpose, String(days), String(count)],
      ...[upTo === null ? "" : String(upTo), held ?? ""],
    ]),
  );
}
