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

/** What is sent, by path; nothing where none is named. */
export const BODIES: Readonly<Record<string, Asked>> = {
  "/optimization/score": { body: { context: { campaign: "c-17" } } },
  "/optimization/plan": {
    headers: { "idempotency-key": "k-1" },
    body: {
      currency: "EUR",
      period: { from: "2026-02-02", until: "2026-02-09" },
    },
  },
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
};

/** Query parameters that a route cannot do without. */
const QUERIES: Readonly<Record<string, string>> = {
  "/signals/performance": "?source=shop&from=2026-01-01&until=2026-02-01",
};

/** The route's line with parameters that the stub knows. */
export function lineOf({ method, path }: Endpoint): string {
  const id = path.startsWith("/decisions") ? "dec_1" : "plan_1";
  const filled = path.replaceAll(
    /\{(\w+)\}/g,
    (_, name) => PARAMS[name] ?? id,
  );
  return `${method.toUpperCase()} ${filled}${QUERIES[path] ?? ""}`;
}

function isKeyed(endpoint: Endpoint): endpoint is KeyedEndpoint {
  return endpoint.scope !== null;
}
