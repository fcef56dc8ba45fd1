/**
 * `moe audit export`: people's acts and what happened to changes, taken elsewhere as JSON
 * lines, which `moe verify-log --file` verifies there, or as Parquet.
 *
 * @module
 */
import {
  exportActLines,
  exportActs,
} from "../../decisions/log/export/export_acts.ts";
import { ACT_COLUMNS } from "../../decisions/log/export/export_table.ts";
import { DEPLOYMENT } from "../../ports/log.ts";
import { SCOPE, scopeOption } from "../changes/scope_option.ts";
import type { Command } from "../command.ts";
import { AS, withEngine } from "../open.ts";
import { OUT, writeExport } from "./export_out.ts";
import { momentOption } from "./find.ts";

/** Exports. */
export const auditExport: Command = {
  name: "audit export",
  about: "take what people and services did elsewhere, to be verified there",
  operands: [],
  options: {
    ...SCOPE,
    ...AS,
    ...OUT,
    from: "moment from which on; the first record unless given",
    until: "moment before which; the last record unless given",
  },
  run: ({ terminal, ...scope }, _operands, options) =>
    withEngine({ terminal, ...scope }, async ({ stores, clock }) => {
      const exporting = { governance: stores.governance, clock };
      const asked = {
        owner: scopeOption(options) ?? DEPLOYMENT,
        ...momentOption(options, "from"),
        ...momentOption(options, "until"),
        report: terminal.progress,
      };
      const written = await writeExport(options, {
        lines: () => exportActLines(exporting, asked),
        table: ACT_COLUMNS,
        pages: () => exportActs(exporting, asked),
      });
      terminal.done();
      terminal.line(`${options.out}: ${written} records`);
      return 0;
    }),
};
