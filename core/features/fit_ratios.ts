/**
 * The prior of each ratio of a view, fitted to all entities.
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";
import type {
  FeatureDefinition,
  FeatureView,
  SignalAggregation,
  SignalField,
  SignalFilter,
} from "../domain/feature.ts";
import { METRICS } from "../domain/signal.ts";
import type { FeatureHistory, FeaturePoint } from "../ports/features.ts";
import { fitPrior, type RatioLaw, type RatioPrior } from "./fit_prior.ts";

type Ratio = Extract<SignalAggregation, { how: "ratio" }>;

/** One ratio, and what was fitted. */
export interface FittedRatio {
  /** Name of the feature. */
  readonly feature: string;
  /** As which law its numerators were taken. */
  readonly law: RatioLaw;
  /** Null if the entities do not tell it. */
  readonly fitted: RatioPrior | null;
}

/** What to fit, and to whom. */
export interface FitQuery {
  readonly view: FeatureView;
  /** Entities, each at the moment at which its windows end. */
  readonly points: readonly FeaturePoint[];
}

/**
 * Fits the ratios of a view. What is fitted takes effect as a part of the definition,
 * with the next version of the view.
 *
 * @returns One for each ratio, in the view's order.
 * @throws {EngineError} `dataset_invalid` if the view has no ratio, or nobody is given.
 */
export async function fitRatios(
  history: Pick<FeatureHistory, "aggregate">,
  tenant: string,
  { view, points }: FitQuery,
): Promise<FittedRatio[]> {
  const ratios = view.features.flatMap((feature) =>
    feature.aggregation.how === "ratio"
      ? [{ feature, ratio: feature.aggregation }]
      : []
  );
  if (ratios.length === 0) throw refused(view, "it has no ratio");
  if (points.length === 0) {
    throw refused(view, "it has described nobody yet; materialize it first");
  }
  const rows = await history.aggregate(tenant, {
    ...withoutTiles(view),
    features: ratios.flatMap(({ feature, ratio }) => partsOf(feature, ratio)),
  }, { points, knownAt: null });
  return ratios.map(({ feature, ratio }, place) => {
    const column = (at: number) => rows.map((row) => Number(row[at] ?? NaN));
    const seen = { of: column(2 * place), over: column(2 * place + 1) };
    const law = lawOf(ratio, seen);
    return { feature: feature.name, law, fitted: fitPrior(seen, law) };
  });
}

function refused({ name }: FeatureView, reason: string): EngineError {
  return new EngineError(
    "dataset_invalid",
    `Cannot fit feature view "${name}": ${reason}`,
  );
}

function withoutTiles({ tiles: _, ...view }: FeatureView): FeatureView {
  return view;
}

/** Numerator and denominator as features of their own. */
function partsOf(
  { where, ...feature }: FeatureDefinition,
  { of, over, ofWhere, overWhere }: Ratio,
): FeatureDefinition[] {
  const part = (field: SignalField | "count", also?: SignalFilter) => ({
    ...feature,
    aggregation: field === "count"
      ? { how: "count" } as const
      : { how: "sum", of: field } as const,
    ...both(where, also),
  });
  return [
    { ...part(of, ofWhere), name: `${feature.name}_of` },
    { ...part(over, overWhere), name: `${feature.name}_over` },
  ];
}

function both(
  one: SignalFilter | undefined,
  other: SignalFilter | undefined,
): { where?: SignalFilter } {
  const [types, also] = [one?.types, other?.types];
  if (types === undefined && also === undefined) return {};
  if (types === undefined || also === undefined) {
    return { where: { types: types ?? also ?? [] } };
  }
  return { where: { types: types.filter((type) => also.includes(type)) } };
}

function lawOf(
  { of, over }: Ratio,
  seen: { readonly of: readonly number[]; readonly over: readonly number[] },
): RatioLaw {
  if (!isCount(of)) return "amount";
  const within = seen.of.every((some, place) =>
    !(some > (seen.over[place] ?? 0))
  );
  return isCount(over) && within ? "share" : "count";
}

function isCount(field: SignalField | "count"): boolean {
  return field === "count" ||
    (METRICS as Readonly<Record<string, string>>)[field] === "count";
}
