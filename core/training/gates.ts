/**
 * Thresholds that a version must hold to be approved: data of the specification, or
 * better than the baseline. A reviewer may pass over one, with a reason that is kept.
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";
import type { GateResult } from "../domain/evidence.ts";
import { printModelRef } from "../domain/score.ts";
import type { ModelRegistry, Review } from "../ports/models.ts";
import type { GateSpec } from "./spec.ts";

/** Thresholds of those that set none, as far as the metrics are there. */
const BETTER_THAN_BASELINE: readonly GateSpec[] = [
  { metric: "logloss", max: "baseline_logloss" },
  { metric: "rmse", max: "baseline_rmse" },
  { metric: "wape", max: "baseline_wape" },
];

/**
 * Holds metrics against thresholds.
 *
 * @param gates Of the specification; null for better than the baseline.
 * @param metrics By name.
 * @returns One for each threshold; one that cannot be measured does not hold.
 */
export function judgeGates(
  gates: readonly GateSpec[] | null,
  metrics: Readonly<Record<string, number>>,
): GateResult[] {
  const asked = gates ??
    BETTER_THAN_BASELINE.filter(({ metric }) => metric in metrics);
  return asked.map(({ metric, min, max }) => {
    const bound = min !== undefined ? "min" : "max";
    const given = min ?? max ?? 0;
    const known = typeof given === "number" ? given : metrics[given];
    const limit = known ?? 0;
    const value = known === undefined ? null : metrics[metric] ?? null;
    const holds = value !== null &&
      (bound === "min" ? value >= limit : value <= limit);
    return { metric, bound, limit, value, holds };
  });
}

/** Says a threshold in one line. */
export function printGate({ metric, bound, limit, value }: GateResult): string {
  const said = value === null ? "not measured" : Number(value.toPrecision(5));
  const least = bound === "min" ? "at least" : "at most";
  return `${metric} is ${said}, ${least} ${
    Number(limit.toPrecision(5))
  } wanted`;
}

/**
 * A registry that approves only what holds its gates, and makes only that champion or
 * challenger; everything else passes.
 *
 * @returns Its `review` and `settle` also throw `approval_invalid`, naming the gate:
 * `review` unless a reason is given, `settle` unless the reason of the proposal or of
 * the settlement names the metric. For a proposal's reason is never empty, and whoever
 * let a version be a shadow did not say that it may decide.
 */
export function guardGates(models: ModelRegistry): ModelRegistry {
  return {
    ...models,
    review: async (tenant, ref, review) => {
      if (review.approve && (review.reason ?? "").trim() === "") {
        const { gates } = await models.evidence(tenant, ref);
        const failed = gates.find(({ holds }) => !holds);
        if (failed !== undefined) {
          throw new EngineError(
            "approval_invalid",
            `Cannot approve model "${printModelRef(ref)}": ${
              printGate(failed)
            }; train a better one, or approve it with a reason`,
            { facts: { gate: failed.metric } },
          );
        }
      }
      return await models.review(tenant, ref, review);
    },
    settle: async (tenant, proposal, review) => {
      if (review.approve) {
        await refuseUnnamed(models, tenant, { ...proposal, ...review });
      }
      return await models.settle(tenant, proposal, review);
    },
  };
}

/** Refuses what a proposal would promote over a gate that nobody spoke of. */
async function refuseUnnamed(
  models: ModelRegistry,
  tenant: string,
  { name, seq, reason = "" }: Review & {
    readonly name: string;
    readonly seq: number;
  },
): Promise<void> {
  const proposal = (await models.events(tenant, name)).find((event) =>
    event.seq === seq && event.kind === "proposed"
  );
  const { version = null, alias = null } = proposal ?? {};
  if (version === null || alias === "shadow") return;
  const { gates } = await models.evidence(tenant, { name, version });
  const said = `${proposal?.reason}\n${reason}`.toLowerCase();
  const failed = gates.find(({ holds, metric }) =>
    !holds && !said.includes(metric.toLowerCase())
  );
  if (failed === undefined) return;
  throw new EngineError(
    "approval_invalid",
    `Cannot settle proposal "${seq}" of model "${
      printModelRef({ name, version })
    }": ${
      printGate(failed)
    }; propose a better one, or this one with a reason that names ${failed.metric}`,
    { facts: { gate: failed.metric } },
  );
}
