/**
 * No model is approved while the features that it reads are served otherwise than they
 * were trained on.
 *
 * Evidence of mismatches refuses; too few checks refuse only where that is asked for.
 *
 * @module
 */
import type { Instant } from "../domain/day.ts";
import { EngineError } from "../domain/error.ts";
import {
  type ModelRecord,
  type ModelRef,
  printModelRef,
} from "../domain/score.ts";
import type { ViewRef } from "../ports/features.ts";
import type { ConsistencyStore } from "../ports/trust.ts";
import type { ModelRegistry } from "../ports/models.ts";
import {
  type ConsistencyReport,
  judge,
  printConsistency,
  reportConsistency,
  reportOf,
} from "./consistency_report.ts";
import { parseViewRef, printViewRef } from "./versions.ts";

/** What may differ. */
export interface ConsistencyLimits {
  /** Greatest share of served vectors that may differ, (0, 1). */
  readonly maxMismatch: number;
  /** Whether consistency must be shown, and not only its contrary not be. */
  readonly required: boolean;
}

/** What the gate stands on. */
export interface GateScope extends ConsistencyLimits {
  readonly models: ModelRegistry;
  readonly checks: Pick<ConsistencyStore, "since">;
  /** Versions of views of which vectors are kept; others cannot differ. */
  kept(tenant: string): Promise<readonly ViewRef[]>;
}

/**
 * A registry that approves, and gives a role to, only what reads consistent features;
 * everything else passes, a rollback above all.
 *
 * @returns Its `review` and `settle` also throw `features_inconsistent`.
 */
export function guardReviews(scope: GateScope): ModelRegistry {
  const { models } = scope;
  async function refuseIfInconsistent(
    tenant: string,
    record: ModelRecord,
    at: Instant,
  ) {
    const read = await reportOnModel(scope, record, { tenant, at });
    refuseInconsistent(scope, record, read);
  }
  return {
    ...models,
    review: async (tenant, ref, review) => {
      const record = review.approve ? await models.find(tenant, ref) : null;
      if (record?.status === "pending" && record.createdBy !== review.by) {
        await refuseIfInconsistent(tenant, record, review.at);
      }
      return await models.review(tenant, ref, review);
    },
    settle: async (tenant, proposal, review) => {
      const record = review.approve
        ? await proposedVersion(models, tenant, proposal)
        : null;
      if (record !== null) {
        await refuseIfInconsistent(tenant, record, review.at);
      }
      return await models.settle(tenant, proposal, review);
    },
  };
}

/** The version that a proposal would give a role, or null. */
async function proposedVersion(
  models: Pick<ModelRegistry, "events" | "find">,
  tenant: string,
  { name, seq }: Parameters<ModelRegistry["settle"]>[1],
): Promise<ModelRecord | null> {
  const events = await models.events(tenant, name);
  const version =
    events.find((event) => event.seq === seq && event.kind === "proposed")
      ?.version ?? null;
  return version === null ? null : await models.find(tenant, { name, version });
}

/** What is known of the kept views that a model reads, one report each. */
export async function reportOnModel(
  { checks, kept }: Pick<GateScope, "checks" | "kept">,
  { lineage }: Pick<ModelRecord, "lineage">,
  { tenant, at }: { readonly tenant: string; readonly at: Instant },
): Promise<readonly ConsistencyReport[]> {
  if (lineage.views.length === 0) return [];
  const names = new Set((await kept(tenant)).map(printViewRef));
  const known = new Map(
    (await reportConsistency(checks, tenant, at))
      .map((report) => [printViewRef(report), report]),
  );
  return lineage.views.filter((name) => names.has(name)).map((name) =>
    known.get(name) ??
      reportOf(parseViewRef(name), { checked: 0, mismatched: 0 })
  );
}

function refuseInconsistent(
  { maxMismatch, required }: ConsistencyLimits,
  ref: ModelRef,
  reports: readonly ConsistencyReport[],
): void {
  const wrong = reports.find((report) => {
    const standing = judge(report, maxMismatch);
    return standing === "inconsistent" ||
      required && standing === "unproven";
  });
  if (wrong === undefined) return;
  const { name, version, checked, mismatched } = wrong;
  const said = printConsistency(wrong, maxMismatch);
  throw new EngineError(
    "features_inconsistent",
    `Cannot approve model "${printModelRef(ref)}": feature view ${said}; ${
      100 * maxMismatch
    } % may`,
    { facts: { view: name, version, checked, mismatched } },
  );
}
