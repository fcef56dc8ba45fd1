/**
 * One suite over every port, on the embedded Postgres and on a real server.
 *
 * @module
 */
import { systemClock } from "../../core/store/clock.ts";
import { openStores } from "../../core/store/open.ts";
import { needingPostgres, startPostgres } from "../servers/postgres.ts";
import assert from "node:assert/strict";
import { changeCases } from "./change_cases.ts";
import { budgetCases } from "./budget_cases.ts";
import { claimCases } from "./claim_cases.ts";
import { featureCases } from "./feature_cases.ts";
import { governanceCases } from "./governance_cases.ts";
import { historyCases } from "./history_cases.ts";
import { keptCases } from "./kept_cases.ts";
import { leaseCases } from "./lease_cases.ts";
import { limitCases } from "./limit_cases.ts";
import { logCases } from "./log_cases.ts";
import { modelCases } from "./model_cases.ts";
import { modelRoleCases } from "./model_role_cases.ts";
import { pageCases } from "./page_cases.ts";
import { planCases } from "./plan_cases.ts";
import { quotaCases } from "./quota_cases.ts";
import { recordCases } from "./record_cases.ts";
import { signalCases } from "./signal_cases.ts";
import { statisticsCases } from "./statistics_cases.ts";
import { streamCases } from "./stream_cases.ts";
import { streamFollowCases } from "./stream_follow_cases.ts";
import { textCases } from "./text_cases.ts";
import { vectorCases } from "./vector_cases.ts";
import { viewCases } from "./view_cases.ts";

const CASES = [
  ...signalCases,
  ...claimCases,
  ...pageCases,
  ...textCases,
  ...featureCases,
  ...vectorCases,
  ...historyCases,
  ...keptCases,
  ...statisticsCases,
  ...logCases,
  ...recordCases,
  ...planCases,
  ...changeCases,
  ...modelCases,
  ...modelRoleCases,
  ...viewCases,
  ...leaseCases,
  ...quotaCases,
  ...limitCases,
  ...budgetCases,
  ...governanceCases,
  ...streamCases,
  ...streamFollowCases,
];

Deno.test("every port keeps its promises on PGlite", async (t) => {
  await runCases(t, null);
});

Deno.test({
  ...needingPostgres("every port keeps its promises on a Postgres server"),
  fn: async (t) => {
    const server = await startPostgres();
    try {
      await runCases(t, server.url);
    } finally {
      await server.stop();
    }
  },
});

async function runCases(
  t: Deno.TestContext,
  databaseUrl: string | null,
): Promise<void> {
  const dataFolder = await Deno.makeTempDir({ prefix: "stores_" });
  const stores = await openStores({
    databaseUrl,
    dataFolder,
    clock: systemClock,
  });
  try {
    for (const [place, { name, run }] of CASES.entries()) {
      await t.step(name, () => run(stores, `tenant-${place}`));
    }
    if (databaseUrl === null) {
      await t.step("another process is refused the open folder", async () => {
        assert.match(await openElsewhere(dataFolder), /^store_locked: /);
      });
    }
  } finally {
    await stores.close();
    if (databaseUrl === null) {
      await t.step(
        "another process is let into the closed folder",
        async () => {
          assert.equal(await openElsewhere(dataFolder), "opened");
        },
      );
    }
    await Deno.remove(dataFolder, { recursive: true });
  }
}

/** Opens the folder in a process of its own; says how that went. */
async function openElsewhere(dataFolder: string): Promise<string> {
  const file = new URL("./second_node.ts", import.meta.url).pathname;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-check", "--allow-read", "--allow-write"],
      ...["--allow-env", file, dataFolder],
    ],
    stderr: "null",
  }).output();
  return new TextDecoder().decode(stdout).trim();
}
