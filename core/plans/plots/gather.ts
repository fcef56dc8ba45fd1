/**
 * Gathers what the plots of a stored plan are drawn from.
 *
 * @module
 */
import type { Day } from "../../domain/day.ts";
import { ENTITY_TYPES, parseEntityKey } from "../../domain/entity.ts";
import type { Plan } from "../../domain/plan.ts";
import { parseModelRef, type ResponseCurves } from "../../domain/score.ts";
import type { FeatureHistory } from "../../ports/features.ts";
import type { ModelRegistry } from "../../ports/models.ts";
import { parseCurves } from "../../scores/curves.ts";
import type { PlotEvidence } from "./plot_plan.ts";

/** Where it is kept. */
export interface PlotScope {
  readonly models: Pick<ModelRegistry, "artifact">;
  readonly history: Pick<FeatureHistory, "series">;
}

/**
 * Reads the curves of the plan's model version.
 *
 * @throws {EngineError} `artifact_corrupt` if they are not what was registered.
 */
export async function readPlanCurves(
  models: PlotScope["models"],
  tenant: string,
  { modelVersion }: Plan,
): Promise<ResponseCurves> {
  const ref = parseModelRef(modelVersion);
  return parseCurves(await models.artifact(tenant, ref));
}

/**
 * Gathers the curves of a plan's model version, and what its entities spent on each
 * day of its period as far as that is reported.
 *
 * @throws {EngineError} `artifact_corrupt` if the curves are not what was registered.
 */
export async function gatherEvidence(
  { models, history }: PlotScope,
  tenant: string,
  plan: Plan,
): Promise<PlotEvidence> {
  const curves = await readPlanCurves(models, tenant, plan);
  const spent = new Map<Day, number>();
  const keys = plan.recommendations.map(({ entity }) => parseEntityKey(entity));
  for (const [type, ofType] of Map.groupBy(keys, (key) => key.type)) {
    const ids = new Set(ofType.map(({ id }) => id));
    const levels = ENTITY_TYPES.slice(ENTITY_TYPES.indexOf(type));
    for (const level of levels) {
      const rows = await history.series({
        ...{ tenant, level, by: type, metric: "spend_micros", parent: null },
        ...{ from: plan.period.from, until: plan.period.until, knownAt: null },
      });
      const own = rows.filter(({ id }) => ids.has(id));
      for (const { days, totals } of own) {
        days.forEach((day, at) =>
          spent.set(day, (spent.get(day) ?? 0) + (totals[at] ?? 0))
        );
      }
      if (own.some(({ days }) => days.length > 0)) break;
    }
  }
  return {
    curves,
    spent: [...spent].sort().map(([day, spendMicros]) => ({
      day,
      spendMicros,
    })),
  };
}
