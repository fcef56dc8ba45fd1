/**
 * A process that calls a vendor through the engine's own lending, as fast as it may.
 * Its arguments are the database's URL, the vendor's origin, and how many calls.
 *
 * @module
 */
import * as z from "zod";
import { openLending } from "../../core/commands/lend.ts";
import { systemClock } from "../../core/store/clock.ts";
import { openStores } from "../../core/store/open.ts";
import type { Connector } from "../../plugins/contract.ts";

/** What the vendor declares, for all who use the developer's key. */
export const LIMIT = { scope: "developer", calls: 20, perSeconds: 2 } as const;

const HOST = "api.counted.example";
/** Callers within the process, one account each. */
const CALLERS = 6;

const connector: Connector = {
  name: "counted",
  apiVersion: 1,
  about: "Calls that are counted",
  config: z.object({ account: z.string() }),
  secrets: [],
  hosts: [HOST],
  emits: ["event"],
  restatesDays: 0,
  limits: [LIMIT],
  quotaKeys: () => ({ developer: "one key" }),
};

if (import.meta.main) {
  const [databaseUrl = "", origin = "", calls = "0"] = Deno.args;
  const dataFolder = await Deno.makeTempDir({ prefix: "node_" });
  const stores = await openStores({
    databaseUrl,
    dataFolder,
    clock: systemClock,
  });
  const lending = openLending({
    clock: systemClock,
    budgets: stores.quota,
    dataFolder,
  });
  let left = Number(calls);
  await Promise.all(
    Array.from({ length: CALLERS }, async (_, caller) => {
      const account = `${caller}`;
      const http = lending.http({
        tenant: account,
        source: "counted",
        connector,
        config: { account },
        via: { [HOST]: origin },
      }, "fresh");
      while (left-- > 0) await http.json(`https://${HOST}/v1/${account}`);
    }),
  );
  await lending.quota.settle();
  await stores.close();
  await Deno.remove(dataFolder, { recursive: true });
}
