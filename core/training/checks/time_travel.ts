/**
 * Inputs that come from after the row: whose values were restated or observed later,
 * that tell when the outcome came, or that are made from the outcome's own events.
 *
 * @module
 */
import { DAY_MS } from "../../domain/day.ts";
import type { Finding } from "../../domain/evidence.ts";
import type {
  FeatureDefinition,
  FeatureValue,
  FeatureView,
} from "../../domain/feature.ts";
import { find, pinIds } from "../../features/versions.ts";
import { needsSignals, parseFeatureId } from "../../domain/feature.ts";
import type { LabelRow } from "../../ports/training_sets.ts";
import { trainingRows } from "../../features/point_in_time.ts";
import { createBreath } from "../breathe.ts";
import { type ReadScope, toPoint } from "../dataset.ts";
import { type Checked, finding, percent, someOf, valuesAt } from "./checked.ts";
import { linearR2, ranks } from "./leakage.ts";

/** Rows that are joined a second time. */
const SAMPLED = 400;
/** Relative difference of numbers that is no rounding. */
const MATERIAL = 0.01;
/** Share of the rows that may differ. */
const DIFFERS = 0.05;
/** Share of the rows that knew nothing, at which the history was brought in later. */
const LATE = 0.5;
/** Squared rank correlation at which an input is a clock. */
const CLOCK = 0.95 ** 2;
const LEAST_OUTCOMES = 50;

/** Columns of some rows, as known today and as known at the row's own moment. */
interface TwiceKnown {
  readonly ids: readonly string[];
  /** Shape [ids][rows]. */
  readonly now: readonly (readonly FeatureValue[])[];
  /** Shape [ids][rows]. */
  readonly then: readonly (readonly FeatureValue[])[];
  readonly rows: number;
}

type KnownScope = Pick<ReadScope, "history" | "tenant" | "views" | "pins">;

/** Compares what was known at the row's own moment with what is known now. */
export async function checkKnownLater(
  checked: Checked,
  scope: KnownScope,
): Promise<Finding[]> {
  const known = await knowTwice(checked, scope);
  if (known === null) return [];
  const { ids, now, then } = known;
  const late = shareOf(
    known,
    (row) =>
      then.every((column) => (column[row] ?? null) === null) &&
      now.some((column) => (column[row] ?? null) !== null),
  );
  if (late > LATE) {
    return [
      finding(
        "history_late",
        null,
        `at the moment of ${
          percent(late)
        } of the rows nothing was known of them: the history was brought in later, so that nobody can say whether inputs were known in time`,
      ),
    ];
  }
  return ids.flatMap((id, index) => {
    const share = shareOf(
      known,
      (row) => differs(now[index]?.[row], then[index]?.[row]),
    );
    return share <= DIFFERS ? [] : [
      finding(
        "time_travel",
        id,
        `in ${
          percent(share)
        } of the rows it was another at the row's own moment than it is known today; train with known: "decision"`,
      ),
    ];
  });
}

/** Null where there is nothing to compare. */
async function knowTwice(
  { spec, rows, split }: Checked,
  { history, tenant, views, pins = [] }: KnownScope,
): Promise<TwiceKnown | null> {
  const pinned = pinIds(spec.features, pins);
  const kept = pinned.filter((id) => isFromSignals(views, id));
  const ids = spec.features.filter((_, place) =>
    kept.includes(pinned[place] ?? "")
  );
  if (spec.known === "decision" || ids.length === 0) return null;
  const places = someOf(split.train, SAMPLED);
  const { columns: then } = await trainingRows(history, {
    tenant,
    labels: Array.from(places, (place) => rows.labels[place] as LabelRow)
      .map(toPoint),
    ids: kept,
    views,
    knownAt: "point",
  });
  const now = ids.map((id) =>
    valuesAt(rows.columns[rows.ids.indexOf(id)], places)
  );
  return { ids, now, then, rows: places.length };
}

function isFromSignals(views: ReadScope["views"], id: string): boolean {
  const found = find(views, parseFeatureId(id));
  return found !== null && needsSignals(found.feature.aggregation);
}

function shareOf(
  { rows }: TwiceKnown,
  holds: (row: number) => boolean,
): number {
  let count = 0;
  for (let row = 0; row < rows; row++) count += Number(holds(row));
  return count / rows;
}

function differs(now: FeatureValue = null, then: FeatureValue = null): boolean {
  if (typeof now !== "number" || typeof then !== "number") return now !== then;
  const gap = Math.abs(now - then);
  return gap > MATERIAL * Math.max(Math.abs(now), Math.abs(then));
}

/** Inputs that say how long after the row the outcome came, or how old the row is. */
export async function checkClocks(
  { rows, schema, split }: Checked,
): Promise<Finding[]> {
  const came = split.train.filter((place) =>
    typeof rows.labels[place]?.outcomeAt === "string"
  );
  const delays = Float64Array.from(came, (place) => {
    const { at = "", outcomeAt } = rows.labels[place] ?? {};
    return (Date.parse(outcomeAt ?? "") - Date.parse(at)) / DAY_MS;
  });
  const breathe = createBreath();
  const found: Finding[] = [];
  for (const [index, { name, kind }] of schema.inputs.entries()) {
    if (kind !== "number" || came.length < LEAST_OUTCOMES) continue;
    await breathe();
    const values = valuesAt(rows.columns[index], came);
    const told = rankR2(values, delays);
    if (!(told >= CLOCK)) continue;
    found.push(
      finding(
        "time_travel",
        name,
        `it tells how long after the row the outcome came (rank correlation ${
          Math.sqrt(told).toFixed(2)
        }): it is made from the outcome; leave it out`,
      ),
    );
  }
  return found;
}

/** Squared rank correlation where both are known. */
function rankR2(values: readonly FeatureValue[], others: Float64Array): number {
  const known = values.flatMap((value, row) =>
    typeof value === "number" ? [[value, others[row] ?? NaN] as const] : []
  );
  if (known.length < LEAST_OUTCOMES) return 0;
  return linearR2(
    ranks(Float64Array.from(known, ([value]) => value)),
    ranks(Float64Array.from(known, ([, other]) => other)),
  );
}

/** Inputs made from the label's own outcome events of the same entity. */
export function checkOutcomeEvents(
  { spec: { label }, rows: { views } }: Pick<Checked, "spec" | "rows">,
  ids: readonly string[],
): Finding[] {
  return ids.flatMap((id) => {
    const { view, feature } = definitionOf(views, id) ?? {};
    if (view === undefined || feature === undefined) return [];
    if (view.source.grain !== "event" || view.entity !== label.matchOn) {
      return [];
    }
    return !reads(feature, label.outcome) ? [] : [
      finding(
        "label_in_input",
        id,
        `it is made from "${label.outcome}", the outcome itself, up to the row's moment: sound only if outcomes are recorded with the moment they happened`,
      ),
    ];
  });
}

function definitionOf(views: readonly FeatureView[], id: string) {
  const { view: name, version, feature: wanted } = parseFeatureId(id);
  const view = views.find((view) =>
    view.name === name && (version === null || view.version === version)
  );
  const feature = view?.features.find(({ name }) => name === wanted);
  return view && feature ? { view, feature } : null;
}

/** Whether a feature says of itself that it reads events of a type. */
function reads(
  { aggregation, where }: FeatureDefinition,
  type: string,
): boolean {
  if (!needsSignals(aggregation)) return false;
  const filters = aggregation.how === "ratio"
    ? [aggregation.ofWhere, aggregation.overWhere]
    : [where];
  return filters.some((filter) => filter?.types?.includes(type));
}
