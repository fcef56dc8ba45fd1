/**
 * The HTTP interface: every route of the engine behind one app, which listens nowhere
 * until someone serves its `fetch`.
 *
 * @module
 */
import { Hono } from "hono";
import { EngineError } from "../domain/error.ts";
import type { Engine } from "../engine.ts";
import { printDocs } from "./docs_page.tsx";
import type { AccessEntry } from "./access_log.ts";
import { openExchange } from "./request/exchange.ts";
import { createKeyring } from "./request/keyring.ts";
import { createMetrics, type Metrics } from "./metrics.ts";
import { createOpenApi, printOpenApi } from "./openapi.ts";
import { ENDPOINTS } from "./routes/all.ts";
import type { Endpoint, OpenEndpoint } from "./routes/endpoint.ts";
import { serve, type ServeScope } from "./request/serve.ts";

const DEFAULT_BODY_LIMIT_BYTES = 1_048_576;
/** Deliveries are as large as their senders make them: Klaviyo's are up to 5 MB. */
const DELIVERY_LIMIT_BYTES = 8 * 1_048_576;

/** How the app is set up. */
export interface AppOptions {
  /** The engine's version, as answered at `/healthz`. */
  readonly version: string;
  /** Largest body that is read; 1 MiB, of deliveries 8 MiB, unless given. */
  readonly bodyLimitBytes?: number;
  /** Where each request's line goes; nowhere unless given. */
  readonly log?: (entry: AccessEntry) => void;
}

/** The app, as a server or a test uses it. */
export interface App {
  /** Answers a request; never throws. */
  fetch(request: Request): Response | Promise<Response>;
  /** Answers a request made of its parts, without a server. */
  request(path: string | Request, init?: RequestInit): Promise<Response>;
  /** Counts what is done beside the answering of requests. */
  readonly metrics: Pick<Metrics, "synced">;
}

/**
 * Makes the app.
 *
 * @param engine What it answers with.
 * @param options Version, limit and log.
 * @returns The app; serve its `fetch`, or try it with its `request`.
 */
export function createApp(engine: Engine, options: AppOptions): App {
  const { version, bodyLimitBytes = DEFAULT_BODY_LIMIT_BYTES } = options;
  const deliveryLimitBytes = options.bodyLimitBytes ?? DELIVERY_LIMIT_BYTES;
  const { clock, ids } = engine;
  const metrics = createMetrics(version, engine);
  const scope: ServeScope = {
    stage: { engine, metrics, version },
    keyring: createKeyring(engine.keys, clock),
    bodyLimitBytes,
    deliveryLimitBytes,
    clock,
    ids,
    metrics,
    log: options.log ?? (() => {}),
  };
  const app = new Hono();
  const endpoints = [...ENDPOINTS, ...describingEndpoints()];
  for (const endpoint of endpoints) {
    app.on(
      endpoint.method.toUpperCase(),
      honoPath(endpoint.path),
      (context) => serve(context, endpoint, scope),
    );
  }
  app.notFound((context) => {
    const exchange = openExchange(context, "none", scope);
    const allowed = allowedMethods(endpoints, context.req.path);
    return allowed.length === 0
      ? exchange.fail(noRoute())
      : exchange.fail(wrongMethod(allowed), { allow: allowed.join(", ") });
  });
  app.onError((error, context) =>
    openExchange(context, "none", scope).fail(error)
  );
  return {
    fetch: (request) => app.fetch(request),
    request: async (path, init) => await app.request(path, init),
    metrics,
  };
}

function honoPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ":$1");
}

function describingEndpoints(): readonly OpenEndpoint[] {
  const openapi = lazily(printOpenApi);
  const docs = lazily(() => printDocs(createOpenApi()));
  const open = { method: "get", tag: "", summary: "", scope: null } as const;
  const untold = { ...open, answers: [], failures: [] };
  return [
    {
      ...untold,
      path: "/openapi.json",
      answer: () => ({ status: 200, text: openapi() }),
    },
    {
      ...untold,
      path: "/docs",
      answer: () => ({ status: 200, ...docs() }),
    },
  ];
}

function lazily<T extends string | object>(make: () => T): () => T {
  let made: T | null = null;
  return () => made ??= make();
}

function allowedMethods(
  endpoints: readonly Endpoint[],
  path: string,
): readonly string[] {
  const methods = endpoints.filter((endpoint) => {
    const pattern = endpoint.path.replaceAll(/\{\w+\}/g, "[^/]+");
    return new RegExp(`^${pattern}$`).test(path);
  }).flatMap(({ method }) =>
    method === "get" ? ["GET", "HEAD"] : [method.toUpperCase()]
  );
  return [...new Set(methods)].sort();
}

function noRoute(): EngineError {
  return new EngineError(
    "not_found",
    'Cannot find route: see "/docs" for those there are',
  );
}

function wrongMethod(allowed: readonly string[]): EngineError {
  return new EngineError(
    "method_not_allowed",
    `Cannot use this method here: send ${allowed.join(" or ")}`,
  );
}
