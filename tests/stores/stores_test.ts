/**
 * One suite over every port, on the embedded Postgres and on a real server.
 *
 * @module
 */
import { createDataKeys } from "../../core/encryption/data_keys.ts";
import { parseMasterKeys } from "../../core/encryption/master_key.ts";
import { sealStores } from "../../core/encryption/seal_stores.ts";
import type { Stores } from "../../core/ports/stores.ts";
import { systemClock } from "../../core/store/clock.ts";
import { openStores } from "../../core/store/open.ts";
import { needingPostgres, startPostgres } from "../servers/postgres.ts";
import assert from "node:assert/strict";
import { CASES } from "./all_cases.ts";
import { keptCases } from "./kept_cases.ts";
import { logCases } from "./log_cases.ts";
import { logKeepingCases } from "./log_keeping_cases.ts";
import { logNamingCases } from "./log_naming_cases.ts";
import { modelCases } from "./model_cases.ts";

/** What is kept sealed, sealed. */
const SEALED_CASES = [
  ...logCases,
  ...logKeepingCases,
  ...logNamingCases,
  ...modelCases,
  ...keptCases,
];

function sealedStores(stores: Stores): Stores {
  const { dataKeys: store } = stores;
  const master = parseMasterKeys("5b".repeat(32), "a test");
  const keys = createDataKeys({ store, master, clock: systemClock });
  return sealStores(stores, keys);
}

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
    for (const [place, { name, run }] of SEALED_CASES.entries()) {
      const sealed = sealedStores(stores);
      await t.step(`sealed: ${name}`, () => run(sealed, `sealed-${place}`));
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
