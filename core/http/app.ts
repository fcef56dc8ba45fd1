/**
 * The HTTP interface: every route of the engine behind one app, which listens nowhere
 * until someone serves its `fetch`.
 *
 * @module
 */
import { openDeadlines } from "../domain/deadline.ts";
import type { Engine } from "../engine.ts";
import { printDocs } from "./docs_page.tsx";
import type { AccessEntry } from "./access_log.ts";
import { createKeyring, type KeyringScope } from "./access/keyring.ts";
import { ALL_ALLOWED, type Allowances } from "./load/allowances.ts";
import { type LoadGate, OPEN_GATE } from "./load/load_gate.ts";
import { createMetrics, type Metrics, type Observed } from "./metrics.ts";
import { createTelemetry, type Telemetry } from "../telemetry/telemetry.ts";
import { createOpenApi, printOpenApi } from "./openapi.ts";
import { ENDPOINTS } from "./routes/all.ts";
import type { OpenEndpoint } from "./routes/endpoint.ts";
import { createRefusing } from "./request/refuse.ts";
import type { ExchangeScope } from "./request/report.ts";
import { createRouting } from "./request/routing.ts";
import type { ServeScope } from "./request/serve.ts";

const DEFAULT_BODY_LIMIT_BYTES = 1_048_576;
/** Deliveries are as large as their senders make them: Klaviyo's are up to 5 MB. */
const DELIVERY_LIMIT_BYTES = 8 * 1_048_576;

/** What takes longer is slow. */
const SLOW_MS = 50;
/** How long a decision may take. */
const DEADLINE_MS = 150;

/** How the app is set up. */
export interface AppOptions {
  /** The engine's version, as answered at `/healthz`. */
  readonly version: string;
  /** Largest body that is read; 1 MiB, of deliveries 8 MiB, unless given. */
  readonly bodyLimitBytes?: number;
  /** What vouches for callers beside keys; nothing unless given. */
  readonly access?: Pick<KeyringScope, "tokens" | "certificates">;
  /** How long a decision may take whose caller says nothing, ms; 150 unless given. */
  readonly deadlineMs?: number;
  /** Refuses what is too much; nothing is unless given. */
  readonly gate?: LoadGate;
  /** Counts what tenants ask for; all is allowed unless given. */
  readonly allowances?: Allowances;
  /** What observes requests; null for nothing, and without sending any unless given. */
  readonly telemetry?: Telemetry | null;
  /** How what must be done in time stands; unknown unless given. */
  readonly upkeep?: Observed["upkeep"];
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
  readonly metrics: Pick<Metrics, "synced" | "job" | "sent" | "families">;
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
  const access = options.access ?? { tokens: null, certificates: null };
  const deliveryLimitBytes = options.bodyLimitBytes ?? DELIVERY_LIMIT_BYTES;
  const { clock, ids } = engine;
  const gate = options.gate ?? OPEN_GATE;
  const { telemetry = openTelemetry(), upkeep } = options;
  const metrics = createMetrics(version, engine, {
    standing: gate.standing,
    ...telemetry && { traces: telemetry.counts },
    ...upkeep && { upkeep },
  });
  const keyring = createKeyring({ ...access, keys: engine.keys, clock });
  const keys = keyring.following(engine.keys);
  const reporting: ExchangeScope = {
    ...{ clock, ids, metrics, telemetry },
    log: options.log ?? (() => {}),
  };
  const scope: ServeScope = {
    ...reporting,
    stage: { engine: { ...engine, keys }, metrics, version },
    keyring,
    gate,
    refuse: createRefusing({
      ...reporting,
      random: Math.random,
      nowMs: () => performance.now(),
    }),
    allowances: options.allowances ?? ALL_ALLOWED,
    deadlines: openDeadlines(),
    deadlineMs: options.deadlineMs ?? DEADLINE_MS,
    bodyLimitBytes,
    deliveryLimitBytes,
  };
  const answer = createRouting(
    [...ENDPOINTS, ...describingEndpoints()],
    scope,
  );
  return {
    fetch: answer,
    request: async (asked, init) => await answer(requestOf(asked, init)),
    metrics,
  };
}

function requestOf(asked: string | Request, init?: RequestInit): Request {
  const isPath = typeof asked === "string" && asked.startsWith("/");
  return new Request(isPath ? `http://localhost${asked}` : asked, init);
}

function openTelemetry(): Telemetry {
  return createTelemetry({
    ...{ share: 0, slowMs: SLOW_MS, isSent: false },
    nowMs: () => performance.now(),
    wallMs: Date.now,
  });
}

function describingEndpoints(): readonly OpenEndpoint[] {
  const openapi = lazily(printOpenApi);
  const docs = lazily(() => printDocs(createOpenApi()));
  const open = {
    method: "get",
    tag: "Operation",
    summary: "",
    scope: null,
  } as const;
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
