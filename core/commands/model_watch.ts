/**
 * `moe models watch` and `moe models retrain`: whether a model that serves still does
 * what it was approved for, and a version trained anew beside it.
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";
import { type ModelRecord, printModelRef } from "../domain/score.ts";
import { printWatchFinding, type WatchReport } from "../scores/watch/watch.ts";
import type { Command } from "./command.ts";
import { modelNameOperand } from "./model_operand.ts";
import { AS, type Opened, TENANT, withEngine } from "./open.ts";
import { personOption, tenantOption } from "./option.ts";

/** Looks. */
export const modelsWatch: Command = {
  name: "models watch",
  about: "look at the champion of a name: drift, calibration, performance",
  operands: ["NAME"],
  options: { ...TENANT, "json!": "print the result as JSON" },
  run: (scope, [name = ""], options) =>
    withEngine(scope, async (opened) => {
      const tenant = tenantOption(options);
      const record = await championOf(opened, tenant, name);
      const report = await opened.engine.lookAt(tenant, record);
      const ref = printModelRef(record);
      const lines = options.json === true
        ? [JSON.stringify({ model: ref, ...report })]
        : print(ref, report);
      lines.forEach(scope.terminal.line);
      return report.findings.length === 0 ? 0 : 1;
    }),
};

/** Trains anew. */
export const modelsRetrain: Command = {
  name: "models retrain",
  about: "train the champion of a name anew on what is known now, as pending",
  operands: ["NAME"],
  options: { ...TENANT, ...AS },
  run: (scope, [name = ""], options) =>
    withEngine(scope, async (opened) => {
      const tenant = tenantOption(options);
      const made = await opened.engine.retrain({
        tenant,
        record: await championOf(opened, tenant, name),
        by: personOption(options),
        report: scope.terminal.progress,
      });
      scope.terminal.done();
      const ref = printModelRef(made);
      scope.terminal.line(
        `${ref} is pending: another person lets it serve with "moe models approve ${ref}"`,
      );
      return 0;
    }),
};

async function championOf(
  { stores }: Opened,
  tenant: string,
  text: string,
): Promise<ModelRecord> {
  const name = modelNameOperand(text);
  const found = await stores.models.champion(tenant, name);
  if (found !== null) return found.champion;
  throw new EngineError(
    "not_found",
    `Cannot find model "${name}": no version of it serves`,
  );
}

function print(ref: string, report: WatchReport): string[] {
  const { rows, answers, labelled, findings, estimated, calibration } = report;
  const { metrics } = report;
  return [
    `${ref}  ${answers} answers in the last 7 days; of ${rows} entities one was looked at`,
    ...estimated === null ? [] : [
      `expected by its own chances: auc ${
        estimated.rocAuc.toPrecision(4)
      }, share of outcomes ${estimated.rate.toPrecision(4)}`,
    ],
    `${labelled} labels came since it was trained${
      metrics.auc === undefined
        ? ""
        : `: auc ${metrics.auc.toPrecision(4)} on them`
    }`,
    ...calibration === null ? [] : [
      `${calibration.ratio.toPrecision(3)} outcomes for each one expected`,
    ],
    ...findings.length === 0
      ? ["nothing is otherwise than it was"]
      : findings.map(printWatchFinding),
  ];
}
