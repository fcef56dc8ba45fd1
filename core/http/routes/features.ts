/**
 * `/features`: what is known of entities, and where it comes from.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import {
  entitiesFromJson,
  featureBatchBody,
  featureBatchSchema,
  featuresSchema,
  featuresToJson,
  inOrder,
  lineageSchema,
  lineageToJson,
  purposeField,
  rowToJson,
} from "../wire/feature_json.ts";
import { entityKeyField, instantField, nameField } from "../wire/fields.ts";
import { defineEndpoint, json } from "./endpoint.ts";
import { versionField } from "./fields.ts";
import {
  allowedPurpose,
  describedEntity,
  findFeature,
  findView,
  pinFeatures,
  pinnedId,
  refuseOtherPurposes,
} from "./known_views.ts";

/** Entities that are read at once. */
const AT_ONCE = 50;

const placeParams = z.strictObject({ view: nameField, entity: entityKeyField });

const ABOUT =
  "The entity is `type:id`, percent-encoded where its id asks for it.";

/** Reads a view's features. */
export const featureRead = defineEndpoint({
  method: "get",
  path: "/features/{view}/{entity}",
  tag: "Features",
  summary: "Read an entity's features as a decision would now",
  about:
    `${ABOUT} Values that consent or purpose forbid are withheld, and told as such.`,
  scope: "read",
  params: placeParams,
  query: z.strictObject({
    purpose: purposeField,
    max_age_seconds: z.string().regex(
      /^\d{1,9}$/,
      "expected whole seconds",
    ).optional().openapi({
      description: "Age from which a value is stale, if the view's is longer",
    }),
    version: versionField.optional().openapi({
      description: "The version that serves unless given",
    }),
  }),
  answers: [{ status: 200, about: "The features", schema: featuresSchema }],
  failures: ["not_found", "personal_data_refused"],
  async run({ key, params, query }, { engine }) {
    const purpose = allowedPurpose(key, query.purpose);
    const pinned = query.version === undefined ? null : Number(query.version);
    const views = await engine.features.declared(key.tenant);
    const { view } = findView(views, params.view, pinned);
    const { entity, id } = describedEntity(params.entity, view);
    const at = engine.clock.now();
    const ids = view.features.map(({ name }) => pinnedId(view, name));
    const readings = await engine.features.read(key.tenant, {
      ids,
      entities: { [view.entity]: id },
      at,
      purpose,
      ...(query.max_age_seconds !== undefined && {
        maxAgeSeconds: Number(query.max_age_seconds),
      }),
    });
    const place = { view, entity, at, purpose };
    return json(featuresToJson(place, inOrder(ids, readings)));
  },
});

/** Reads features of many. */
export const featureBatch = defineEndpoint({
  method: "post",
  path: "/features",
  act: false,
  tag: "Features",
  summary: "Read features of many entities as decisions would now",
  about:
    "At most 500 entities and 200 features at a time. A feature of a view whose entity a row does not name is missing in it.",
  scope: "read",
  body: featureBatchBody,
  example: {
    entities: ["campaign:c-17", { subject: "u-48151623" }],
    features: ["campaign_daily.clicks_count_7d"],
    ["max_age_seconds"]: 3600,
  },
  answers: [{ status: 200, about: "The rows", schema: featureBatchSchema }],
  failures: ["not_found"],
  async run({ key, body }, { engine }) {
    const purpose = allowedPurpose(key, body.purpose);
    const { features, max_age_seconds: maxAgeSeconds, request } = body;
    const views = await engine.features.declared(key.tenant);
    const ids = pinFeatures(views, features, body.versions ?? {});
    const at = engine.clock.now();
    const asked = {
      ...{ ids, at, purpose },
      ...(maxAgeSeconds !== undefined && { maxAgeSeconds }),
      ...(request !== undefined && { given: request }),
    };
    const rows = [];
    for (let from = 0; from < body.entities.length; from += AT_ONCE) {
      const piece = body.entities.slice(from, from + AT_ONCE);
      rows.push(
        ...await Promise.all(
          piece.map((given) =>
            engine.features.read(key.tenant, {
              ...asked,
              entities: entitiesFromJson(given),
            })
          ),
        ),
      );
    }
    return json({
      at,
      purpose,
      features,
      rows: rows.map((row) => rowToJson(inOrder(ids, row), at)),
    });
  },
});

/** Says where a value comes from. */
export const featureLineage = defineEndpoint({
  method: "get",
  path: "/features/{view}/{entity}/lineage",
  tag: "Features",
  summary: "Say which signals, view version and run a value comes from",
  about: ABOUT,
  scope: "read",
  params: placeParams,
  query: z.strictObject({
    feature: nameField,
    at: instantField.optional().openapi({
      description: "Moment at which its window ends; now unless given",
    }),
    known_at: instantField.optional().openapi({
      description: "Only what was known by then; all unless given",
    }),
    version: versionField.optional(),
  }),
  answers: [{ status: 200, about: "Its signals", schema: lineageSchema }],
  failures: ["not_found", "personal_data_refused"],
  async run({ key, params, query }, { engine }) {
    const pinned = query.version === undefined ? null : Number(query.version);
    const views = await engine.features.declared(key.tenant);
    const { view } = findView(views, params.view, pinned);
    refuseOtherPurposes(key, view);
    const { name: feature } = findFeature(view, query.feature);
    const { entity, id } = describedEntity(params.entity, view);
    const at = query.at ?? engine.clock.now();
    const knownAt = query.known_at ?? null;
    const lineage = await engine.features.lineage(key.tenant, view, {
      ...{ feature, id, at, knownAt },
    });
    return json(lineageToJson({ view, feature, entity, at, knownAt }, lineage));
  },
});
