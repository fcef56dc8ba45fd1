/**
 * Retention: old records leave the database up to a checkpoint that signed them, and
 * their log says so; checkpoints are thinned, and old answers under callers' keys are
 * forgotten.
 *
 * @module
 */
import { EngineError } from "../../../domain/error.ts";
import { forgetAnswers } from "./forget_answers.ts";
import { retireActs } from "./retire_acts.ts";
import { retireDecisions } from "./retire_decisions.ts";
import { daysOf, type RetentionPurpose } from "./rules.ts";
import {
  type Kept,
  NOTHING,
  type RetentionRun,
  type RetentionScope,
  type Retired,
} from "./run.ts";
import { thinCheckpoints } from "./thin_checkpoints.ts";

type Retiring = (
  scope: RetentionScope,
  run: RetentionRun,
  kept: Kept,
) => Promise<Retired>;

/** Of whom there may be something, and how it leaves, in this order. */
const STEPS: readonly {
  readonly purpose: RetentionPurpose;
  owners(scope: RetentionScope): Promise<readonly string[]>;
  readonly retire: Retiring;
}[] = [
  {
    purpose: "decisions",
    owners: ({ log }) => log.tenants(),
    retire: retireDecisions,
  },
  {
    purpose: "acts",
    owners: ({ checkpoints }) => checkpoints.owners(),
    retire: retireActs,
  },
  {
    purpose: "checkpoints",
    owners: ({ checkpoints }) => checkpoints.owners(),
    retire: thinCheckpoints,
  },
  {
    purpose: "idempotency",
    owners: ({ retention }) => retention.keyedTenants(),
    retire: forgetAnswers,
  },
];

/** Carries the rules out, one owner after the other; what fails holds up no other. */
export async function runRetention(
  scope: RetentionScope,
  run: RetentionRun,
): Promise<readonly Retired[]> {
  const done: Retired[] = [];
  for (const { purpose, owners, retire } of STEPS) {
    for (const tenant of await owners(scope)) {
      const days = daysOf(run.rules, tenant, purpose);
      if (days === null || run.signal?.aborted) continue;
      const kept = { tenant, days, purpose };
      const retired = await unlessFailed(kept, () => retire(scope, run, kept));
      done.push(retired);
      run.report?.(retired);
    }
  }
  return done;
}

async function unlessFailed(
  kept: Kept,
  work: () => Promise<Retired>,
): Promise<Retired> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return { ...kept, ...NOTHING, held: error.message, failed: true };
  }
}
