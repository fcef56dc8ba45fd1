/**
 * `moe features-check`: whether sources and features can be trusted, in one answer.
 *
 * @module
 */
import { judge, printConsistency } from "../features/consistency_report.ts";
import { printDrift } from "../features/drift.ts";
import { printProblem } from "../features/expectations.ts";
import { printFinding } from "../features/source_watch.ts";
import { materialised, printViewRef } from "../features/versions.ts";
import type { Command } from "./command.ts";
import { type Opened, TENANT, withEngine } from "./open.ts";
import { tenantOption } from "./option.ts";

/** Checks a tenant's features and sources. */
export const featuresCheck: Command = {
  name: "features-check",
  about:
    "sources that are silent or changed a unit, features that are not as expected, drift, and how served values compared; fails if any is wrong",
  operands: [],
  options: TENANT,
  run: ({ configuration, terminal }, _operands, options) =>
    withEngine({ configuration, terminal }, async (opened) => {
      const tenant = tenantOption(options);
      const { maxMismatch } = configuration.consistency;
      const wrong = await findWrong(opened, tenant);
      const served = await opened.engine.trust.consistency(tenant);
      const compared = served.map((one) => printConsistency(one, maxMismatch));
      const inconsistent = served.some((one) =>
        judge(one, maxMismatch) === "inconsistent"
      );
      [...wrong, ...compared].forEach(terminal.line);
      if (wrong.length > 0 || inconsistent) return 1;
      terminal.line("nothing is wrong with sources and features");
      return 0;
    }),
};

/** What is wrong with sources, and with the values that are kept. */
async function findWrong(
  { engine: { features, trust } }: Opened,
  tenant: string,
): Promise<string[]> {
  const wrong = (await trust.checkSources(tenant)).map((finding) =>
    `source ${finding.source} ${printFinding(finding)}`
  );
  for (const view of materialised(await features.declared(tenant))) {
    const { problems, drifts } = await trust.checkView(tenant, view);
    wrong.push(
      ...problems.map(printProblem),
      ...drifts.map((drift) => `${printViewRef(view)}.${printDrift(drift)}`),
    );
  }
  return wrong;
}
