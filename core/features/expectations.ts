/**
 * Whether the values of a view are as its definition expects: over all entities of a
 * run before they are put online, and over the rows of a training set before anything
 * is learnt from them.
 *
 * @module
 */
import {
  type FeatureDefinition,
  type FeatureValue,
  type FeatureView,
  needsSignals,
  parseFeatureId,
} from "../domain/feature.ts";
import type { FeatureStatistics } from "../ports/features.ts";
import { printViewRef } from "./versions.ts";

/** An expectation that is not met. */
export interface ExpectationProblem {
  /** `name@version`. */
  readonly view: string;
  readonly feature: string;
  /** Which of them; `category` for one that is not among `oneOf`, `kind` for text where numbers have bounds. */
  readonly what: "min" | "max" | "null_share" | "category" | "kind";
  /** The value, the share, or the number of other categories; never a category. */
  readonly observed: number;
  /** What was to be kept, or the number of categories that may be. */
  readonly expected: number;
}

/** What is checked of the values of one feature. */
export type Observed =
  & Pick<
    FeatureStatistics,
    "feature" | "rows" | "nulls" | "categories"
  >
  & {
    readonly numbers: { readonly min: number; readonly max: number } | null;
  };

/** Whether anything is expected of a view's values. */
export function expectsAnything({ features }: FeatureView): boolean {
  return features.some(({ expect }) => expect !== undefined);
}

/** Checks the kept values of a run; those of nobody break nothing. */
export function checkStatistics(
  view: FeatureView,
  statistics: readonly Observed[],
): readonly ExpectationProblem[] {
  const kept = new Set(
    view.features.filter(({ aggregation }) => needsSignals(aggregation))
      .map(({ name }) => name),
  );
  return checkObserved(
    view,
    statistics.filter(({ feature }) => kept.has(feature)),
  );
}

function checkObserved(
  view: FeatureView,
  observed: readonly Observed[],
): readonly ExpectationProblem[] {
  return observed.flatMap((one) => {
    const feature = view.features.find(({ name }) => name === one.feature);
    if (feature === undefined || one.rows === 0) return [];
    const named = { view: printViewRef(view), feature: feature.name };
    return checkFeature(feature, one).map((broken) => ({
      ...named,
      ...broken,
    }));
  });
}

type Broken = Omit<ExpectationProblem, "view" | "feature">;

function checkFeature(
  { expect = {} }: FeatureDefinition,
  { rows, nulls, numbers, categories }: Observed,
): readonly Broken[] {
  const { min, max, maxNullShare, oneOf } = expect;
  const broken: Broken[] = [];
  if (min !== undefined && numbers !== null && numbers.min < min) {
    broken.push({ what: "min", observed: numbers.min, expected: min });
  }
  if (max !== undefined && numbers !== null && numbers.max > max) {
    broken.push({ what: "max", observed: numbers.max, expected: max });
  }
  if (maxNullShare !== undefined && nulls / rows > maxNullShare) {
    const observed = nulls / rows;
    broken.push({ what: "null_share", observed, expected: maxNullShare });
  }
  const bounded = min !== undefined || max !== undefined;
  const distinct = categories?.distinct ?? 0;
  if (bounded && distinct > 0) {
    broken.push({ what: "kind", observed: distinct, expected: 0 });
  }
  const others = oneOf === undefined ? 0 : countOthers(categories, oneOf);
  if (oneOf !== undefined && others > 0) {
    const expected = oneOf.length;
    broken.push({ what: "category", observed: others, expected });
  }
  return broken;
}

/** At least so many categories are none of those; not all are listed. */
function countOthers(
  categories: Observed["categories"],
  oneOf: readonly string[],
): number {
  if (categories === null) return 0;
  const listed = categories.top.filter(([word]) => !oneOf.includes(word));
  return Math.max(listed.length, categories.distinct - oneOf.length);
}

/** Checks the columns of a training set, named by feature id. */
export function checkColumns(
  views: readonly FeatureView[],
  ids: readonly string[],
  columns: readonly (readonly FeatureValue[])[],
): readonly ExpectationProblem[] {
  return ids.flatMap((id, place) => {
    const named = parseFeatureId(id);
    const view = views.find(({ name, version }) =>
      name === named.view &&
      (named.version === null || version === named.version)
    );
    const column = columns[place] ?? [];
    return view === undefined
      ? []
      : checkObserved(view, [observeColumn(named.feature, column)]);
  });
}

/** What is checked of a column. */
export function observeColumn(
  feature: string,
  column: readonly FeatureValue[],
): Observed {
  let [min, max, nulls] = [Infinity, -Infinity, 0];
  const words = new Map<string, number>();
  for (const value of column) {
    if (value === null) nulls++;
    else if (typeof value === "string") {
      words.set(value, (words.get(value) ?? 0) + 1);
    } else {
      if (value < min) min = value;
      if (value > max) max = value;
    }
  }
  return {
    feature,
    rows: column.length,
    nulls,
    numbers: min <= max ? { min, max } : null,
    categories: words.size === 0
      ? null
      : { distinct: words.size, top: [...words] },
  };
}

/** Says a problem in one line. */
export function printProblem(problem: ExpectationProblem): string {
  const { view, feature } = problem;
  return `${view}.${feature}: ${printBroken(problem)}`;
}

function printBroken(
  { what, observed, expected }: ExpectationProblem,
): string {
  switch (what) {
    case "min":
      return `its least value is ${observed}, and ${expected} is expected`;
    case "max":
      return `its greatest value is ${observed}, and ${expected} is expected`;
    case "null_share":
      return `${percent(observed)} have no value, and at most ${
        percent(expected)
      } are expected`;
    case "category":
      return `${observed} of its categories are none of the ${expected} that are expected`;
    case "kind":
      return `${observed} of its values are text, and numbers are expected`;
  }
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}
