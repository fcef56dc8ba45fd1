/**
 * `/views`: feature views as declared, and which version serves.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import { nameField } from "../wire/fields.ts";
import {
  statisticsSchema,
  statisticsToJson,
  viewBody,
  viewSchema,
  viewToJson,
} from "../wire/view_json.ts";
import { defineEndpoint, json } from "./endpoint.ts";
import { versionField } from "./fields.ts";
import { findView } from "./known_views.ts";

/** Lists views. */
export const viewList = defineEndpoint({
  method: "get",
  path: "/views",
  tag: "Features",
  summary: "List every version of every feature view",
  scope: "read",
  answers: [{
    status: 200,
    about: "The versions, those built in first",
    schema: z.object({ views: z.array(viewSchema) }),
  }],
  failures: [],
  async run({ key }, { engine }) {
    const views = await engine.features.declared(key.tenant);
    return json({ views: views.map(viewToJson) });
  },
});

/** Declares a view. */
export const viewDeclare = defineEndpoint({
  method: "post",
  path: "/views",
  idempotency: "optional",
  tag: "Features",
  summary: "Declare a feature view, or a new version of one",
  about:
    "The first version of a name serves at once. A later one is materialised beside it until it is promoted. Declared again as it is, it changes nothing.",
  scope: "approve",
  body: viewBody,
  example: {
    name: "orders",
    version: 1,
    entity: "subject",
    owner: "growth",
    purposes: ["optimization"],
    about: "What a person ordered",
    ttlSeconds: 86_400,
    source: { grain: "event" },
    features: [{
      name: "orders_count_28d",
      about: "Orders in four weeks",
      unit: "count",
      aggregation: { how: "count" },
      where: { types: ["Order Completed"] },
      window: "28d",
    }],
  },
  answers: [{ status: 200, about: "The version", schema: viewSchema }],
  failures: ["view_invalid"],
  async run({ key, body }, { engine }) {
    const { name, version } = await engine.features.declare(key.tenant, body);
    const views = await engine.features.declared(key.tenant);
    return json(viewToJson(findView(views, name, version)));
  },
});

/** Lets a version serve. */
export const viewPromote = defineEndpoint({
  method: "post",
  path: "/views/{name}/{version}/promote",
  idempotency: "optional",
  tag: "Features",
  summary: "Let a version of a feature view serve in place of the one before",
  scope: "approve",
  params: z.strictObject({ name: nameField, version: versionField }),
  answers: [{ status: 200, about: "The version", schema: viewSchema }],
  failures: ["not_found", "view_invalid"],
  async run({ key, params }, { engine }) {
    const { tenant } = key;
    const ref = { name: params.name, version: Number(params.version) };
    findView(await engine.features.declared(tenant), ref.name, ref.version);
    await engine.features.promote(tenant, ref);
    const views = await engine.features.declared(tenant);
    return json(viewToJson(findView(views, ref.name, ref.version)));
  },
});

/** Says how values are spread. */
export const viewStatistics = defineEndpoint({
  method: "get",
  path: "/views/{name}/statistics",
  tag: "Features",
  summary: "Say how a view's values are spread over its entities",
  scope: "read",
  params: z.strictObject({ name: nameField }),
  query: z.strictObject({
    version: versionField.optional().openapi({
      description: "The version that serves unless given",
    }),
  }),
  answers: [{
    status: 200,
    about: "Of each feature, as of the latest run",
    schema: statisticsSchema,
  }],
  failures: ["not_found"],
  async run({ key, params, query }, { engine }) {
    const pinned = query.version === undefined ? null : Number(query.version);
    const views = await engine.features.declared(key.tenant);
    const found = findView(views, params.name, pinned);
    const spread = await engine.features.statistics(key.tenant, found.view);
    return json(statisticsToJson(found, spread));
  },
});
