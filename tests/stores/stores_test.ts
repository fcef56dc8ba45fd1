/**
 * One suite over every port, on the embedded Postgres and on a real server.
 *
 * @module
 */
import { systemClock } from "../../core/store/clock.ts";
import { openStores } from "../../core/store/open.ts";
import { needingPostgres, startPostgres } from "../servers/postgres.ts";
import { featureCases } from "./feature_cases.ts";
import { historyCases } from "./history_cases.ts";
import { logCases } from "./log_cases.ts";
import { recordCases } from "./record_cases.ts";
import { signalCases } from "./signal_cases.ts";

const CASES = [
  ...signalCases,
  ...featureCases,
  ...historyCases,
  ...logCases,
  ...recordCases,
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
  } finally {
    await stores.close();
    await Deno.remove(dataFolder, { recursive: true });
  }
}
