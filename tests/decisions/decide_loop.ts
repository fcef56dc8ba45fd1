/**
 * A process that takes decisions as fast as it can and prints the id of each once
 * it is acknowledged. Arguments: URL of the database, folder of the data.
 *
 * @module
 */
import { REQUEST } from "../../core/decisions/memory_ports_test.ts";
import { createBudgets } from "../../core/decisions/budgets/budgets.ts";
import { createDecisions } from "../../core/decisions/decisions.ts";
import { createLimits } from "../../core/decisions/limits/limits.ts";
import { createFeatures } from "../../core/features/features.ts";
import { createScores } from "../../core/scores/scores.ts";
import { systemClock } from "../../core/store/clock.ts";
import { createIds } from "../../core/store/ids.ts";
import { openStores } from "../../core/store/open.ts";
import { compilePolicySet } from "../../core/verdicts/judge/policy_set.ts";

const AT_ONCE = 8;

/** Real decisions over real stores. */
export async function openDecisions(databaseUrl: string, dataFolder: string) {
  const clock = systemClock;
  const stores = await openStores({ databaseUrl, dataFolder, clock });
  const policies = compilePolicySet([]);
  const ids = createIds(clock);
  const decisions = createDecisions({
    features: createFeatures({ ...stores, clock }),
    scores: createScores({ models: stores.models, clock }),
    policies: () => policies,
    archive: stores.policies,
    log: stores.log,
    idempotency: stores.idempotency,
    budgets: createBudgets({ book: stores.budgets, clock, ids }),
    limits: createLimits(stores.limits),
    ...{ clock, ids },
  });
  return { decisions, stores };
}

async function decideForever(databaseUrl: string, dataFolder: string) {
  const { decisions } = await openDecisions(databaseUrl, dataFolder);
  const printer = new TextEncoder();
  async function loop(): Promise<never> {
    for (;;) {
      const { answer } = await decisions.decide("acme", REQUEST, {
        by: "loop",
        idempotent: null,
        render: ({ id }) => id,
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
