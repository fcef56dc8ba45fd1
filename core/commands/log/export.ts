/**
 * `moe decisions export`: a part of the decision log taken elsewhere, as JSON lines or
 * Parquet, in bounded memory.
 *
 * @module
 */
import {
  type ExportAsked,
  exportLines,
  exportRecords,
} from "../../decisions/log/export/export.ts";
import { DECISION_COLUMNS } from "../../decisions/log/export/export_table.ts";
import {
  type Command,
  type CommandScope,
  type Options,
  textOption,
} from "../command.ts";
import { AS, TENANT, withEngine } from "../open.ts";
import { tenantOption } from "../option.ts";
import { momentOption } from "./find.ts";
import { OUT, writeExport } from "./export_out.ts";
import { readMasking } from "./masking.ts";

/** Exports. */
export const decisionsExport: Command = {
  name: "decisions export",
  about: "take decisions with their outcomes elsewhere",
  operands: [],
  options: {
    ...TENANT,
    ...AS,
    ...OUT,
    from: "moment from which on; the first record unless given",
    until: "moment before which; the last record unless given",
    masks: "JSON file of what is masked; MOE_MASK unless given",
    "unmasked!":
      "mask nothing, not even the ids of people; as jsonl, verify-log verifies it",
  },
  run: (scope, _operands, options) =>
    withEngine(scope, async ({ engine, clock }) => {
      const asked = await readAsked(scope, options);
      const exporting = { ...engine, clock };
      const written = await writeExport(options, {
        lines: () => exportLines(exporting, asked),
        table: DECISION_COLUMNS,
        pages: () => exportRecords(exporting, asked),
      });
      scope.terminal.done();
      scope.terminal.line(`${options.out}: ${written} records`);
      printMasks(asked).forEach(scope.terminal.line);
      return 0;
    }),
};

async function readAsked(
  { configuration, terminal }: CommandScope,
  options: Options,
): Promise<ExportAsked> {
  const file = textOption(options, "masks", configuration.maskFile ?? "");
  return {
    tenant: tenantOption(options),
    masking: options.unmasked === true
      ? null
      : await readMasking(file === "" ? null : file),
    ...momentOption(options, "from"),
    ...momentOption(options, "until"),
    report: terminal.progress,
  };
}

function printMasks({ masking }: ExportAsked): string[] {
  if (masking === null) return ["nothing is masked: ids of people are in it"];
  return masking.masks.map(({ path, how }) =>
    `masked: ${path} (${how === "drop" ? "left out" : "keyed hash"})`
  );
}
