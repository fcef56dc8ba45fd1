/**
 * `moe train` and `moe models`: train a model, look at it, let it serve.
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";
import {
  type ModelRef,
  parseModelRef,
  printModelRef,
} from "../domain/score.ts";
import { printConsistency } from "../features/consistency_report.ts";
import { type Command, textOption } from "./command.ts";
import { readJsonFile } from "./files.ts";
import { AS, TENANT, withEngine } from "./open.ts";
import { personOption, tenantOption } from "./option.ts";
import { printTable } from "./terminal.ts";

/** Trains and registers. */
export const train: Command = {
  name: "train",
  about: "train a model as a specification says, and register it as pending",
  operands: [],
  options: { ...TENANT, ...AS, "spec*": "JSON file" },
  run: (scope, _operands, options) =>
    withEngine(scope, async ({ engine }) => {
      const record = await engine.train({
        tenant: tenantOption(options),
        spec: await readJsonFile(textOption(options, "spec", "")),
        by: personOption(options),
        report: scope.terminal.progress,
      });
      const ref = printModelRef(record);
      scope.terminal.line(
        `${ref}  ${record.family}  ${record.lineage.rows} rows`,
      );
      printTable(
        [{ heading: "metric" }, { heading: "value", numeric: true }],
        Object.entries(record.metrics).map((
          [name, value],
        ) => [name, value.toPrecision(5)]),
      ).forEach(scope.terminal.line);
      scope.terminal.line(
        `pending: another person lets it serve with "moe models approve ${ref}"`,
      );
      return 0;
    }),
};

/** Lists models. */
export const models: Command = {
  name: "models",
  about: "registered models, their measures and where they stand",
  operands: [],
  options: TENANT,
  run: (scope, _operands, options) =>
    withEngine(scope, async ({ stores }) => {
      const records = await stores.models.list(
        tenantOption(options),
      );
      printTable(
        [
          "model",
          "family",
          "use",
          "status",
          "trained by",
          "reviewed by",
          "metrics",
        ]
          .map((heading) => ({ heading })),
        records.map((record) => [
          printModelRef(record),
          record.family,
          record.use.kind,
          record.status,
          record.createdBy,
          record.reviewedBy ?? "",
          Object.entries(record.metrics).slice(0, 3)
            .map(([name, value]) => `${name} ${value.toPrecision(3)}`)
            .join(", "),
        ]),
      ).forEach(scope.terminal.line);
      return 0;
    }),
};

/** Approves. */
export const modelsApprove = review(
  "approve",
  "let a pending version serve; not by the one who trained it",
);

/** Rejects. */
export const modelsReject = review("reject", "refuse a pending version");

function review(word: "approve" | "reject", about: string): Command {
  return {
    name: `models ${word}`,
    about,
    operands: ["NAME@VERSION"],
    options: { ...TENANT, ...AS },
    run: (scope, [ref = ""], options) =>
      withEngine(scope, async ({ engine, clock }) => {
        const tenant = tenantOption(options);
        const record = await engine.models.review(
          tenant,
          readModelRef(ref),
          {
            by: personOption(options),
            at: clock.now(),
            approve: word === "approve",
          },
        );
        scope.terminal.line(`${printModelRef(record)}  ${record.status}`);
        const { maxMismatch } = scope.configuration.consistency;
        for (const read of await engine.trust.consistencyOf(tenant, record)) {
          scope.terminal.line(printConsistency(read, maxMismatch));
        }
        return 0;
      }),
  };
}

function readModelRef(text: string): ModelRef {
  try {
    return parseModelRef(text);
  } catch (error) {
    throw new EngineError("request_invalid", (error as Error).message);
  }
}
