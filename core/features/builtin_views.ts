/**
 * The views that every tenant has.
 *
 * @module
 */
import type { FeatureView } from "../domain/feature.ts";
import { ADVERTISING_VIEWS } from "./views/advertising.ts";
import { PEOPLE_VIEWS } from "./views/people.ts";
import { SEASONALITY_VIEW } from "./views/seasonality.ts";

/** Declared as a tenant's own views are; their names are taken. */
export const BUILTIN_VIEWS: readonly FeatureView[] = [
  ...ADVERTISING_VIEWS,
  ...PEOPLE_VIEWS,
  SEASONALITY_VIEW,
];
