/**
 * A call that works for every route, for tests that hold of all of them.
 *
 * @module
 */
import { ENDPOINTS } from "../../core/http/routes/all.ts";
import type {
  Endpoint,
  KeyedEndpoint,
} from "../../core/http/routes/endpoint.ts";
import type { Asked } from "./caller.ts";

/** Routes that a key opens. */
export const KEYED: readonly KeyedEndpoint[] = ENDPOINTS.filter(isKeyed);

const ORDERS = ENDPOINTS.find(({ path, method }) =>
  path === "/views" && method === "post"
)?.example;

/** What is posted, by path; nothing where none is named. */
const BODIES: Readonly<Record<string, Asked>> = {
  "/optimization/score": { body: { context: { campaign: "c-17" } } },
  "/optimization/plan": {
    headers: { "idempotency-key": "k-1" },
    body: {
      currency: "EUR",
      period: { from: "2026-02-02", until: "2026-02-09" },
    },
  },
  "/features": {
    body: {
      entities: ["campaign:c-17"],
      features: ["campaign_daily.clicks_count_7d"],
    },
  },
  "/views": { body: ORDERS },
  "/models/{name}/proposals": {
    body: { alias: "shadow", version: 1, reason: "to compare" },
  },
  "/models/{name}/rollback": { body: { reason: "bids too much" } },
  "/erasures": { body: { subjects: ["u-48151623"] } },
  ...Object.fromEntries(
    ENDPOINTS.filter(({ tag, example }) =>
      tag === "Budgets and bids" && example
    )
      .map(({ path, example }) => [path, { body: example }]),
  ),
  "/webhooks/{connector}/{source}": {
    raw: "{}",
    headers: { "x-signature": "right" },
  },
};

const PARAMS: Readonly<Record<string, string>> = {
  connector: "segment",
  source: "shop",
  view: "campaign_daily",
  entity: "campaign:c-17",
  name: "email_visit",
  version: "1",
  seq: "2",
  plot: "curves",
};

const VIEW_PARAMS: Readonly<Record<string, string>> = {
  name: "campaign_daily",
  version: "2",
};

/** Query parameters that a route cannot do without. */
const QUERIES: Readonly<Record<string, string>> = {
  "/features/{view}/{entity}/lineage": "?feature=clicks_count_7d",
  "/signals/performance": "?source=shop&from=2026-01-01&until=2026-02-01",
};

/** Ids that the stub knows, by how their paths begin. */
const IDS = [
  ["/decisions", "dec_1"],
  ["/optimization/budgets", "spring"],
] as const;

/** What is sent. */
export function askedOf({ method, path }: Endpoint): Asked {
  return method === "get" ? {} : BODIES[path] ?? {};
}

/** The route's line with parameters that the stub knows. */
export function lineOf({ method, path }: Endpoint): string {
  const id = IDS.find(([start]) => path.startsWith(start))?.[1] ?? "plan_1";
  const params = path.startsWith("/views") ? VIEW_PARAMS : PARAMS;
  const filled = path.replaceAll(
    /\{(\w+)\}/g,
    (_, name) => params[name] ?? id,
  );
  return `${method.toUpperCase()} ${filled}${QUERIES[path] ?? ""}`;
}

function isKeyed(endpoint: Endpoint): endpoint is KeyedEndpoint {
  return endpoint.scope !== null;
}
