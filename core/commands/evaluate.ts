/**
 * `moe evaluate`: how good a registered version is on what has happened since.
 *
 * @module
 */
import { printModelRef } from "../domain/score.ts";
import type { Measured, Remeasured } from "../training/remeasure.ts";
import type { Command } from "./command.ts";
import { modelRefOperand } from "./model_operand.ts";
import { TENANT, withEngine } from "./open.ts";
import { instantOption, tenantOption } from "./option.ts";
import { printMeasures } from "./printed_measures.ts";

/** Measures again. */
export const evaluate: Command = {
  name: "evaluate",
  about:
    "measure a version on labels that came about since, beside its baseline and the champion",
  operands: ["NAME@VERSION"],
  options: {
    ...TENANT,
    "as-of": "count what was known by then; now unless given",
    "json!": "print the result as JSON",
  },
  run: (scope, [text = ""], options) =>
    withEngine(scope, async ({ engine, clock }) => {
      const measured = await engine.evaluate({
        tenant: tenantOption(options),
        ref: modelRefOperand(text),
        asOf: options["as-of"] === undefined
          ? null
          : instantOption(options, "as-of", clock.now()),
        report: scope.terminal.progress,
      });
      scope.terminal.done();
      const lines = options.json === true
        ? [JSON.stringify(toJson(measured))]
        : print(measured);
      lines.forEach(scope.terminal.line);
      return 0;
    }),
};

function print(measured: Remeasured): string[] {
  const { ref, from, until, rows, then, champion, lossDifference } = measured;
  const moved = Object.entries(then).filter(([name]) =>
    ["auc", "logloss", "calibration_error", "rmse", "r2"].includes(name)
  );
  return [
    `${printModelRef(ref)}  ${rows} rows from ${from} until ${until}`,
    ...printMeasures(measured.metrics, measured.intervals),
    `when it was trained: ${
      moved.map(([name, value]) => `${name} ${value.toPrecision(5)}`).join(", ")
    }`,
    ...(champion === null ? [] : [
      `champion ${printModelRef(champion.ref)} on the same rows`,
      ...printMeasures(champion.metrics, champion.intervals),
    ]),
    ...(lossDifference === null ? [] : [
      `loss less the champion's: ${lossDifference.value.toPrecision(5)}${
        lossDifference.interval === null
          ? ""
          : ` (90 % interval ${
            lossDifference.interval.map((end) => end.toPrecision(5)).join(
              " to ",
            )
          })`
      }; below 0 is better`,
    ]),
  ];
}

function toJson(measured: Remeasured) {
  const { from, until, rows, then, champion, lossDifference } = measured;
  return {
    ...measuredToJson(measured),
    ...{ from, until, rows },
    "metrics_then": then,
    champion: champion && measuredToJson(champion),
    "loss_difference": lossDifference,
  };
}

function measuredToJson({ ref, metrics, intervals }: Measured) {
  return { "model_version": printModelRef(ref), metrics, intervals };
}
