/**
 * A process that takes limited decisions as fast as it can and prints the id of each once
 * it is acknowledged. Arguments: URL of the database, folder of the data.
 *
 * @module
 */
import { createDecisions } from "../../core/decisions/decisions.ts";
import { createLimits } from "../../core/decisions/limits/limits.ts";
import {
  ACTION,
  policyOf,
  REQUEST,
  scorerOf,
  scoresOf,
  worldOf,
} from "../../core/decisions/memory_ports_test.ts";
import { systemClock } from "../../core/store/clock.ts";
import { createIds } from "../../core/store/ids.ts";
import { openStores } from "../../core/store/open.ts";

/** Decisions that are under way at once. */
export const AT_ONCE = 8;

/** One limit apart for the person, and one for the channel. */
const documents = (["subject", "channel"] as const).map((key) =>
  policyOf({
    ...{ id: `per_${key}`, effect: "limit", reason: "Enough" },
    ...{ most: 100_000, within: "7d", per: [key] },
  }, ["action"])
);

async function decideForever(databaseUrl: string, dataFolder: string) {
  const clock = systemClock;
  const stores = await openStores({ databaseUrl, dataFolder, clock });
  const score = ({ action }: { readonly action: string | null }) =>
    action === "mens" ? 0.5 : 0.1;
  const decisions = createDecisions({
    ...worldOf({ documents, scores: scoresOf(scorerOf(ACTION, { score })) }),
    ...{ clock, log: stores.log, archive: stores.policies },
    ...{ ids: createIds(clock), limits: createLimits(stores.limits) },
  });
  const printer = new TextEncoder();
  async function loop(): Promise<never> {
    for (;;) {
      const { answer } = await decisions.decide("acme", REQUEST, {
        ...{ by: "loop", idempotent: null, render: ({ id }) => id },
      });
      Deno.stdout.writeSync(printer.encode(`${answer}\n`));
    }
  }
  await Promise.race(Array.from({ length: AT_ONCE }, loop));
}

const [databaseUrl, dataFolder] = Deno.args;
if (import.meta.main && databaseUrl && dataFolder) {
  await decideForever(databaseUrl, dataFolder);
}
