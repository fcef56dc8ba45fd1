/**
 * A node that spends a budget as fast as it can, and prints what it bid once the bid may
 * go out. Its argument is the server's URL; it ends when nothing more is lent.
 *
 * @module
 */
import { createBudgets } from "../../core/decisions/budgets/budgets.ts";
import { systemClock } from "../../core/store/clock.ts";
import { createIds } from "../../core/store/ids.ts";
import { openStores } from "../../core/store/open.ts";

/** Tenant and budget that are spent. */
export const [TENANT, BUDGET] = ["acme", "b"];
/** What is bid each time, micros. */
export const BID_MICROS = 700;

const ROUND_MS = 60;
const ROUNDS_IN_VAIN = 40;
const BIDS_A_ROUND = 40;

if (import.meta.main) {
  const [databaseUrl = ""] = Deno.args;
  const dataFolder = await Deno.makeTempDir({ prefix: "spender_" });
  const clock = systemClock;
  const stores = await openStores({ databaseUrl, dataFolder, clock });
  const book = stores.budgets;
  let now = Date.parse(clock.now());
  const paced = { now: () => new Date(now).toISOString() };
  const budgets = createBudgets({ book, clock: paced, ids: createIds(clock) });
  await budgets.ready();
  const payer = budgets.payerOf(TENANT, { campaign: "c-1" }, clock.now());
  if (payer === null) throw new TypeError("There is no budget");
  let vain = 0;
  while (vain++ < ROUNDS_IN_VAIN) {
    const said: string[] = [];
    for (let bid = 0; bid < BIDS_A_ROUND; bid++) {
      const made = { bidMicros: BID_MICROS, value: 1, at: now };
      const stands = budgets.stand(TENANT, payer, { at: now, draw: 0 });
      if ("refusal" in stands) break;
      const reserved = budgets.reserve(TENANT, payer, made);
      if ("refusal" in reserved) break;
      said.push(`${reserved.slice} ${reserved.bid} ${BID_MICROS}\n`);
    }
    if (said.length > 0) vain = 0;
    Deno.stdout.writeSync(new TextEncoder().encode(said.join("")));
    await new Promise((wake) => setTimeout(wake, ROUND_MS));
    now += 5000;
    await budgets.sync();
  }
  await stores.close();
  await Deno.remove(dataFolder, { recursive: true });
}
