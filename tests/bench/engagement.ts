/**
 * The built-in view of what people did, and the same in SQL as written by hand: a
 * typed column for each feature.
 *
 * @module
 */
import type { FeatureView } from "../../core/domain/feature.ts";
import { PEOPLE_VIEWS } from "../../core/features/views/people.ts";
import { EVENT_TYPES, TENANT } from "./seeded_events.ts";

/** The view. */
export const ENGAGEMENT: FeatureView = findView("subject_engagement");

function findView(name: string): FeatureView {
  const view = PEOPLE_VIEWS.find((view) => view.name === name);
  if (view === undefined) throw new Error(`There is no view "${name}"`);
  return view;
}

const WINDOWS = [7, 28, 365];

/** Columns by hand, in the order of the view's features: name, type and aggregate. */
const BY_HAND = WINDOWS.flatMap((days) => {
  const since = `occurred_at >= $1::timestamptz - interval '${days} days'`;
  return [
    ...EVENT_TYPES.map(([name, type]) => ({
      name: `${name}_${days}d`,
      type: "int8 not null",
      aggregate: `count(*) filter (where type = '${type}' and ${since})`,
    })),
    {
      name: `orders_value_micros_${days}d`,
      type: "numeric",
      aggregate:
        `sum(value_micros) filter (where type = 'Order Completed' and ${since})`,
    },
  ];
});

/** Makes the table by hand. */
export const CREATE_BY_HAND = `
  create table engagement (
    subject text primary key,
    ${BY_HAND.map(({ name, type }) => `${name} ${type}`).join(",\n    ")}
  )`;

/** Fills it as of `$1`. */
export const FILL_BY_HAND = `
  insert into engagement
  select subject_id,
    ${BY_HAND.map(({ aggregate }) => aggregate).join(",\n    ")}
  from event
  where tenant = '${TENANT}' and subject_id is not null
    and occurred_at >= $1::timestamptz - interval '365 days'
    and occurred_at < $1::timestamptz
  group by subject_id`;

/** Counts subjects of whom it says other than what was materialised. */
export const COUNT_DIFFERENT = `
  select count(*)::float8 as different
  from engagement e
  full join feature_vector v on v.entity = 'subject:' || e.subject
  where v.feature_values is distinct from jsonb_build_array(
    ${BY_HAND.map(({ name }) => `coalesce(e.${name}, 0)`).join(", ")}
  )`;
