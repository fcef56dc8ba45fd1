/**
 * `moe train`: train a model, so that another person lets it serve.
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";
import type { ModelEvidence } from "../domain/evidence.ts";
import { type ModelRecord, printModelRef } from "../domain/score.ts";
import { evidenceToJson } from "../http/wire/evidence_json.ts";
import { modelToJson } from "../http/wire/model_json.ts";
import { printGate } from "../training/gates.ts";
import { type Command, type Options, textOption } from "./command.ts";
import { readJsonFile } from "./files.ts";
import { AS, TENANT, withEngine } from "./open.ts";
import { personOption, tenantOption, wholeNumberOption } from "./option.ts";
import { printMeasures } from "./printed_measures.ts";

const MOST_TRIALS = 1000;

/** Trains and registers. */
export const train: Command = {
  name: "train",
  about: "train a model as a specification says, and register it as pending",
  operands: ["[FAMILY]"],
  options: {
    ...TENANT,
    ...AS,
    "spec*": "JSON file",
    "tune": "parameters to try, in place of what the specification says",
    "json!": "print the version and what speaks for it as JSON",
  },
  run: (scope, [family], options) =>
    withEngine(scope, async ({ engine }) => {
      const tenant = tenantOption(options);
      const record = await engine.train({
        tenant,
        spec: await readSpecification(options, family),
        by: personOption(options),
        report: scope.terminal.progress,
      });
      const evidence = await engine.models.evidence(tenant, record);
      scope.terminal.done();
      const lines = options.json === true
        ? [JSON.stringify({
          ...modelToJson(record),
          evidence: evidenceToJson(evidence),
        })]
        : printTrained(record, evidence);
      lines.forEach(scope.terminal.line);
      return 0;
    }),
};

/** The file, with what the command line says in place of it. */
async function readSpecification(
  options: Options,
  family: string | undefined,
): Promise<unknown> {
  const path = textOption(options, "spec", "");
  const given = await readJsonFile(path);
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw new EngineError(
      "request_invalid",
      `Cannot read training specification "${path}": it is no JSON object`,
    );
  }
  const { tune } = given as { readonly tune?: object | null };
  const trials = wholeNumberOption(options, "tune", {
    otherwise: 0,
    least: 0,
    most: MOST_TRIALS,
  });
  return {
    ...given,
    ...(family !== undefined && { family }),
    ...(options.tune !== undefined && {
      tune: trials === 0 ? null : { ...tune, trials },
    }),
  };
}

function printTrained(
  record: ModelRecord,
  { intervals, gates, findings, trials }: ModelEvidence,
): string[] {
  const ref = printModelRef(record);
  return [
    `${ref}  ${record.family}  ${record.lineage.rows} rows${
      trials.length === 0 ? "" : `  ${trials.length} trials`
    }`,
    ...printMeasures(record.metrics, intervals),
    ...gates.map((gate) =>
      `${gate.holds ? "holds" : "FAILS"}  ${printGate(gate)}`
    ),
    ...findings.map(({ code, input, text }) =>
      `note   ${code}${input === null ? "" : ` ${input}`}: ${text}`
    ),
    `pending: another person lets it serve with "moe models approve ${ref}"`,
  ];
}
