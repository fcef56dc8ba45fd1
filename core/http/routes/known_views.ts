/**
 * Views and features by the names that callers use, and what a key may read them for.
 *
 * @module
 */
import type { EntityKey } from "../../domain/entity.ts";
import { parseEntityKey } from "../../domain/entity.ts";
import { EngineError } from "../../domain/error.ts";
import {
  featureId,
  type FeatureView,
  parseFeatureId,
} from "../../domain/feature.ts";
import { suggestName } from "../../domain/nearest_name.ts";
import type { Caller } from "../../ports/access.ts";
import type { DeclaredView } from "../../ports/features.ts";
import { FieldsInvalid } from "../problem.ts";
import { refusePersonalData } from "../request/request_body.ts";
import { isKey } from "../wire/fields.ts";

/** What features are read for unless the caller says. */
export const DEFAULT_PURPOSE = "optimization";

/**
 * Finds a view.
 *
 * @param views All versions of the tenant.
 * @param name Its name.
 * @param version One version; null for the one that serves.
 * @returns The version.
 * @throws {EngineError} `not_found`, naming the nearest name, or the versions.
 */
export function findView(
  views: readonly DeclaredView[],
  name: string,
  version: number | null,
): DeclaredView {
  const known = views.filter(({ state }) => state !== "retired");
  const named = known.filter(({ view }) => view.name === name);
  const found = named.find(({ view, state }) =>
    version === null ? state === "serving" : view.version === version
  );
  if (found) return found;
  if (named.length === 0) {
    throw missing("view", name, known.map(({ view }) => view.name));
  }
  throw missing(
    "view",
    version === null ? name : `${name}@${version}`,
    named.map(({ view }) => `${view.name}@${view.version}`),
  );
}

/**
 * Finds a feature of a view.
 *
 * @param view The view.
 * @param feature The feature's name.
 * @returns Its definition.
 * @throws {EngineError} `not_found`, naming the nearest name.
 */
export function findFeature(
  view: FeatureView,
  feature: string,
): FeatureView["features"][number] {
  const found = view.features.find(({ name }) => name === feature);
  if (found) return found;
  throw missing("feature", feature, view.features.map(({ name }) => name));
}

/**
 * Finds features in the versions that are asked for.
 *
 * @param views All versions of the tenant.
 * @param ids `view.feature`.
 * @param versions Version by view; the one that serves where none is given.
 * @returns Their ids with their versions.
 * @throws {EngineError} `not_found`, naming the nearest name.
 */
export function pinFeatures(
  views: readonly DeclaredView[],
  ids: readonly string[],
  versions: Readonly<Record<string, number>>,
): string[] {
  return ids.map((id) => {
    const { view: name, feature } = parseFeatureId(id);
    const { view } = findView(views, name, versions[name] ?? null);
    return pinnedId(view, findFeature(view, feature).name);
  });
}

/**
 * Names a feature of one version.
 *
 * @param view The version.
 * @param feature The feature's name.
 * @returns `view@version.feature`.
 */
export function pinnedId(
  { name, version }: FeatureView,
  feature: string,
): string {
  return featureId(`${name}@${version}`, feature);
}

function missing(
  noun: string,
  name: string,
  known: readonly string[],
): EngineError {
  const names = [...new Set(known)];
  return new EngineError(
    "not_found",
    `Cannot find ${noun} "${name}": ${suggestName(name, names)}`,
    { facts: { [noun]: name } },
  );
}

/**
 * Reads whom a path names.
 *
 * @param text `type:id`, as its schema let it through.
 * @param view The view that describes it.
 * @returns The key, and its id.
 * @throws {EngineError} `request_invalid` if the view describes another type,
 * `personal_data_refused` for an identifier of a person.
 */
export function describedEntity(
  text: string,
  view: FeatureView,
): { readonly entity: EntityKey; readonly id: string } {
  if (!isKey(text)) throw new TypeError("Cannot read features: no entity");
  if (!text.startsWith("account:")) refusePersonalData(text, "entity");
  const { type, id } = parseEntityKey(text);
  if (type === view.entity) return { entity: text, id };
  throw new FieldsInvalid([{
    path: "path.entity",
    message: `the view describes a ${view.entity}: send "${view.entity}:<id>"`,
  }]);
}

/**
 * Decides what features are read for.
 *
 * @param key Who reads.
 * @param asked The purpose that was named.
 * @returns That, or the default.
 * @throws {EngineError} `access_denied` if the key is for other purposes.
 */
export function allowedPurpose(
  { id, purposes }: Caller,
  asked: string = DEFAULT_PURPOSE,
): string {
  if (purposes === null || purposes.includes(asked)) return asked;
  throw new EngineError(
    "access_denied",
    `Cannot read features for "${asked}": key "${id}" may read for ${
      purposes.join(", ")
    }`,
    { facts: { key: id, purpose: asked } },
  );
}

/**
 * Refuses what is told of a view to a key that may read it for nothing.
 *
 * @param key Who reads.
 * @param view The view.
 * @throws {EngineError} `access_denied` if none of the key's purposes is the view's.
 */
export function refuseOtherPurposes(
  { id, purposes }: Caller,
  { name, version, purposes: meant }: FeatureView,
): void {
  if (purposes === null || purposes.some((one) => meant.includes(one))) return;
  throw new EngineError(
    "access_denied",
    `Cannot trace features of view "${name}@${version}": it is not for what key "${id}" may read`,
    { facts: { key: id, view: name, version } },
  );
}
