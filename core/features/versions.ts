/**
 * Versions of views: which serve, which are kept up to date, and which one a feature id
 * means. Those built in serve; a tenant declares others beside them.
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";
import {
  type FeatureDefinition,
  featureId,
  type FeatureName,
  type FeatureView,
  needsSignals,
  parseFeatureId,
} from "../domain/feature.ts";
import type { DeclaredView, ViewRef } from "../ports/features.ts";
import { BUILTIN_VIEWS } from "./builtin_views.ts";

/** Built-in views as if they had been declared before everything else. */
const BUILTIN: readonly DeclaredView[] = BUILTIN_VIEWS.map((view) => ({
  view,
  state: "serving",
  declaredAt: "1970-01-01T00:00:00.000Z",
  promotedAt: null,
}));

/** A feature that was named. */
export interface FoundFeature {
  readonly view: FeatureView;
  readonly feature: FeatureDefinition;
  /** Its place in the view's vector. */
  readonly place: number;
}

/**
 * All versions of a tenant.
 *
 * @param declared What the tenant declared.
 * @returns The built-in views, then those.
 */
export function withBuiltin(
  declared: readonly DeclaredView[],
): readonly DeclaredView[] {
  return [...BUILTIN, ...declared];
}

/**
 * Versions that are read unless another is named.
 *
 * @param views All versions of a tenant.
 * @returns One of each view.
 */
export function serving(views: readonly DeclaredView[]): FeatureView[] {
  return views.filter(({ state }) => state === "serving")
    .map(({ view }) => view);
}

/**
 * Versions of which vectors are kept: all that are not retired and read signals.
 *
 * @param views All versions of a tenant.
 * @returns Several of a view while a candidate waits, or an old one is still read.
 */
export function materialised(views: readonly DeclaredView[]): FeatureView[] {
  return views.filter(({ view, state }) =>
    state !== "retired" &&
    view.features.some(({ aggregation }) => needsSignals(aggregation))
  ).map(({ view }) => view);
}

/**
 * Finds the feature that an id means.
 *
 * @param views All versions of a tenant.
 * @param name The id taken apart; without a version the one that serves is meant.
 * @returns The feature; null if there is none, or its version is retired.
 */
export function find(
  views: readonly DeclaredView[],
  name: FeatureName,
): FoundFeature | null {
  const declared = views.find(({ view, state }) =>
    view.name === name.view &&
    (name.version === null
      ? state === "serving"
      : view.version === name.version && state !== "retired")
  );
  if (declared === undefined) return null;
  const { view } = declared;
  const place = view.features.findIndex((one) => one.name === name.feature);
  const feature = view.features[place];
  return feature === undefined ? null : { view, feature, place };
}

/**
 * Names the versions that ids without one meant when a model was trained.
 *
 * @param ids Feature ids of the model.
 * @param pins Versions that it read, `view@version`; a view it did not read stays open.
 * @returns An id for each, with the version where one is known.
 */
export function pinIds(
  ids: readonly string[],
  pins: readonly string[],
): readonly string[] {
  const known = pins.map(parseViewRef);
  const names = ids.map(parseFeatureId);
  return names.map((name, place) => {
    const read = known.filter((pin) => pin.name === name.view);
    const unnamed = read.find((pin) =>
      !names.some(({ view, version }) =>
        view === pin.name && version === pin.version
      )
    );
    const pin = unnamed ?? read[0];
    const id = ids[place] ?? "";
    return name.version !== null || pin === undefined
      ? id
      : featureId(printViewRef(pin), name.feature);
  });
}

/**
 * Names one version.
 *
 * @returns `name@version`.
 */
export function printViewRef({ name, version }: ViewRef): string {
  return `${name}@${version}`;
}

/**
 * Reads the name of one version; the inverse of {@link printViewRef}.
 *
 * @param text `name@version`.
 * @returns Name and version.
 * @throws {EngineError} `request_invalid` if the text has another form.
 */
export function parseViewRef(text: string): ViewRef {
  const match = /^([a-z][a-z0-9_]*)@([1-9]\d{0,8})$/.exec(text);
  if (match?.[1]) return { name: match[1], version: Number(match[2]) };
  throw new EngineError(
    "request_invalid",
    'Cannot read view version: expected "name@version", such as "orders@2"',
  );
}
