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
import { FORMER, SIGNS } from "./stub_changes.ts";

/** Routes that a key opens. */
export const KEYED: readonly KeyedEndpoint[] = ENDPOINTS.filter(isKeyed);

const ORDERS = ENDPOINTS.find(({ path, method }) =>
  path === "/views" && method === "post"
)?.example;

const CHANGE = "/changes/{id}";
const REASONED: Asked = { body: { reason: "it is better so" } };

/** What is posted of changes, by path. */
const CHANGE_BODIES: Readonly<Record<string, Asked>> = {
  "/changes": {
    body: ENDPOINTS.find(({ path, method }) =>
      path === "/changes" && method === "post"
    )?.example,
  },
  [`${CHANGE}/edit`]: { body: { title: "Another title" } },
  [`${CHANGE}/approve`]: { body: { signs: SIGNS } },
  [`${CHANGE}/require`]: {
    body: { approvals: 2, groups: ["privacy"], reason: "delicate" },
  },
  [`${CHANGE}/schedule`]: { body: { ["start_at"]: "2026-02-01T00:00:00Z" } },
  ...Object.fromEntries(
    ["request-changes", "reject", "end-trial", "acknowledge"]
      .map((word) => [`${CHANGE}/${word}`, REASONED]),
  ),
  "/policies/rollback": { body: { to: FORMER, reason: "bids too little" } },
  "/switches": {
    body: {
      ["switch_id"]: "stop_all",
      stops: {},
      reason: "nothing is as it should be",
    },
  },
  "/switches/{id}/release": REASONED,
};

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
  "/keys": { body: { name: "bidder", scopes: ["administer"] } },
  "/models/{name}/proposals": {
    body: { alias: "shadow", version: 1, reason: "to compare" },
  },
  "/models/{name}/rollback": { body: { reason: "bids too much" } },
  ["/decisions/{id}/outcomes"]: {
    body: ENDPOINTS.find(({ path }) => path === "/decisions/{id}/outcomes")
      ?.example,
  },
  "/erasures": { body: { subjects: ["u-48151623"] } },
  ...Object.fromEntries(
    ENDPOINTS.filter(({ tag, example }) =>
      tag === "Budgets and bids" && example
    )
      .map(({ path, example }) => [path, { body: example }]),
  ),
  ...CHANGE_BODIES,
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
  job: "materialize",
};

const VIEW_PARAMS: Readonly<Record<string, string>> = {
  name: "campaign_daily",
  version: "2",
};

/** Parameters of routes whose names are not those of models. */
const OWN_PARAMS = [
  ["/views", VIEW_PARAMS],
  ["/policies", { name: "ours" }],
  ["/docs/policies", { name: "ours" }],
] as const;

/** Query parameters that a route cannot do without. */
const QUERIES: Readonly<Record<string, string>> = {
  "/decisions": "?entity=campaign:c-17",
  "/features/{view}/{entity}/lineage": "?feature=clicks_count_7d",
  "/signals/performance": "?source=shop&from=2026-01-01&until=2026-02-01",
};

/** Ids that the stub knows, by how their paths begin. */
const IDS = [
  ["/decisions", "dec_1"],
  ["/optimization/budgets", "spring"],
  ...["check", "edit"].map((word) =>
    [`${CHANGE}/${word}`, "chg_draft"] as const
  ),
  ...["recall", "withdraw"].map((word) =>
    [`${CHANGE}/${word}`, "chg_own"] as const
  ),
  ...["schedule", "activate"].map((word) =>
    [`${CHANGE}/${word}`, "chg_approved"] as const
  ),
  [`${CHANGE}/rebase`, "chg_stale"],
  [`${CHANGE}/submit`, "chg_checked"],
  [`${CHANGE}/end-trial`, "chg_trial"],
  [`${CHANGE}/acknowledge`, "chg_undone"],
  ["/changes", "chg_review"],
  ["/docs/changes", "chg_review"],
  ["/switches", "stop_display"],
  ["/keys", "0123456789abcdef"],
] as const;

/** What is sent. */
export function askedOf({ method, path }: Endpoint): Asked {
  return method === "get" ? {} : BODIES[path] ?? {};
}

/** The route's line with parameters that the stub knows. */
export function lineOf({ method, path }: Endpoint): string {
  const id = IDS.find(([start]) => path.startsWith(start))?.[1] ?? "plan_1";
  const params: Readonly<Record<string, string>> =
    OWN_PARAMS.find(([start]) => path.startsWith(start))?.[1] ?? PARAMS;
  const filled = path.replaceAll(
    /\{(\w+)\}/g,
    (_, name) => params[name] ?? id,
  );
  return `${method.toUpperCase()} ${filled}${QUERIES[path] ?? ""}`;
}

function isKeyed(endpoint: Endpoint): endpoint is KeyedEndpoint {
  return endpoint.scope !== null;
}
