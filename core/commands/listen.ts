/**
 * Listens for requests, over TLS where there is a certificate. Without one a server is
 * reached from its own machine alone, or by a proxy that ends TLS.
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";
import { isLoopback } from "../domain/loopback.ts";
import { type App, createApp } from "../http/app.ts";
import {
  ALL_ALLOWED,
  type Allowances,
  createAllowances,
} from "../http/load/allowances.ts";
import { createAllotments } from "../http/load/allotments.ts";
import { createLoadGate } from "../http/load/load_gate.ts";
import type { Upkeep } from "../http/metrics/upkeep.ts";
import { serveSecure } from "../http/tls/secure_server.ts";
import { systemClock } from "../store/clock.ts";
import type { CommandScope } from "./command.ts";
import type { Configuration } from "./configuration.ts";
import { parseQuotas } from "./configured_quotas.ts";
import { readJsonFile } from "./files.ts";
import { createLogLines } from "./log_lines.ts";
import {
  openTelemetry,
  pushTelemetry,
  traceWork,
  writeEvent,
  writeRequests,
} from "./observe.ts";
import { certificateUntil, healthOfUpkeep, type KeptUpkeep } from "./upkeep.ts";
import { type Opened, VERSION } from "./open.ts";
import { readTls, type TlsFiles, watchTls } from "./tls_files.ts";

/** Longest that running requests, such as one that never ends, hold up a stop. */
const DRAIN_MS = 20_000;
/** And closing, where a database hangs: both within the half minute that runners mostly give. */
const CLOSE_MS = 5000;

/** A server that listens. */
export interface Listening {
  readonly url: string;
  readonly metrics: App["metrics"];
  /** Tells at `/readyz` and in the metrics of what must be done in time. */
  watch(upkeep: Pick<KeptUpkeep, "latest">): void;
  /** Says at `/readyz` that it stops, while it still answers, so that others are asked. */
  drain(): void;
  /**
   * Stops accepting, lets running requests and other work end, and closes the engine. What
   * hangs is left behind: whatever is durable is so without a goodbye.
   */
  stop(other?: Promise<unknown>): Promise<void>;
}

/** How to listen. */
export interface ListenOptions {
  /** 0 for any. */
  readonly port: number;
  readonly quiet?: boolean;
  /** Longest that running requests hold up a stop, ms; 20 s unless given. */
  readonly drainMs?: number;
  /** Longest that closing holds up a stop, ms; 5 s unless given. */
  readonly closeMs?: number;
}

/**
 * Starts listening.
 *
 * @param scope Where to listen, and where access logs go (standard error, one JSON line each).
 * @param opened The engine; closed when the server stops.
 * @param options Port; whether to log requests.
 * @returns The server.
 * @throws {EngineError} `configuration_invalid` if another program has the port, the
 * certificate cannot be used, or others could listen in.
 */
export async function listen(
  scope: CommandScope,
  opened: Opened,
  options: ListenOptions,
): Promise<Listening> {
  const { configuration } = scope;
  demandPrivacy(configuration);
  const allowances = await openAllowances(configuration, opened);
  const lines = createLogLines(scope.terminal.warn);
  let draining: string | null = null;
  const upkeep: Watched = { latest: () => null, certificate: null };
  const health = async () => ({ ...await healthOf(opened, upkeep), draining });
  const telemetry = openTelemetry(configuration.telemetry);
  const write = writeRequests(lines, configuration.telemetry);
  const app = createApp({ ...opened.engine, health }, {
    version: VERSION,
    ...{ access: opened.access, deadlineMs: configuration.deadlineMs },
    gate: createLoadGate(),
    ...{ allowances, telemetry, upkeep: () => latestOf(upkeep) },
    log: options.quiet ? () => {} : write,
  });
  const bound = await bind(scope, options.port, {
    fetch: app.fetch,
    serving: (cert) => upkeep.certificate = certificateUntil(cert),
  });
  const pushing = pushTelemetry(telemetry, app.metrics, {
    url: configuration.telemetry.otlpUrl,
    ids: opened.ids,
  });
  const scheme = configuration.tls === null ? "http" : "https";
  return {
    url: `${scheme}://${configuration.host}:${bound.port}`,
    metrics: traceWork(app.metrics, telemetry),
    watch: ({ latest }) => upkeep.latest = latest,
    drain: () => draining = "it stops",
    async stop(other) {
      await within(
        Promise.all([bound.shutdown(), other]),
        options.drainMs ?? DRAIN_MS,
      );
      lines.flush();
      const closing = async () => {
        await pushing?.stop();
        await allowances.close();
        await opened.close();
      };
      await within(closing(), options.closeMs ?? CLOSE_MS);
    },
  };
}

/** What must be done in time. */
interface Watched {
  latest: KeptUpkeep["latest"];
  /** Until when the certificate holds, seconds since 1970; null without one. */
  certificate: number | null;
}

async function healthOf({ engine, book, clock }: Opened, upkeep: Watched) {
  return {
    ...await engine.health(),
    policies: book.problems().join("; ") || null,
    ...healthOfUpkeep(latestOf(upkeep), Date.parse(clock.now())),
  };
}

function latestOf({ latest, certificate }: Watched): Upkeep | null {
  const known = latest();
  if (known === null && certificate === null) return null;
  const { unsignedSeconds = 0, lateJobs = [] } = known ?? {};
  return { unsignedSeconds, lateJobs, certificateUntilSeconds: certificate };
}

/** What tenants may ask of this node and all others. */
async function openAllowances(
  { quotasFile }: Configuration,
  { stores }: Opened,
): Promise<Allowances> {
  if (quotasFile === null) return ALL_ALLOWED;
  const nowMs = () => performance.now();
  return createAllowances(parseQuotas(await readJsonFile(quotasFile)), {
    allotments: createAllotments(stores.allowances, nowMs),
    ...{ nowMs, random: Math.random },
  });
}

/** What answers, and is told which certificate is served with. */
interface Answering extends Pick<App, "fetch"> {
  serving(cert: string): void;
}

interface Bound {
  readonly port: number;
  shutdown(): Promise<void>;
}

async function bind(
  scope: CommandScope,
  port: number,
  { fetch, serving }: Answering,
): Promise<Bound> {
  const { host: hostname, tls } = scope.configuration;
  try {
    if (tls !== null) {
      return await bindSecure(
        scope,
        { hostname, port, tls },
        { fetch, serving },
      );
    }
    const server = Deno.serve({ hostname, port, onListen: () => {} }, fetch);
    return { port: server.addr.port, shutdown: () => server.shutdown() };
  } catch (cause) {
    throw isTaken(cause) ? taken(port, cause) : cause;
  }
}

async function bindSecure(
  scope: CommandScope,
  { tls: files, ...where }: {
    readonly hostname: string;
    readonly port: number;
    readonly tls: TlsFiles;
  },
  { fetch, serving }: Answering,
): Promise<Bound> {
  const known = await readTls(files);
  const server = await serveSecure({ ...where, tls: known }, fetch);
  serving(known.cert);
  const told = (level: "info" | "error", detail: string) =>
    writeEvent(scope.terminal.warn, scope.configuration.telemetry, {
      ...{ at: systemClock.now(), level, event: "certificate", detail },
    });
  const watch = watchTls({ files, known }, {
    changed(tls) {
      server.renew(tls);
      serving(tls.cert);
      told("info", "the certificate was renewed");
    },
    failed: (error) =>
      told("error", error instanceof Error ? error.message : String(error)),
  });
  return {
    port: server.port,
    shutdown() {
      watch.stop();
      return server.shutdown();
    },
  };
}

/**
 * Keys and decisions do not cross a network that others may listen to.
 *
 * @throws {EngineError} `configuration_invalid` if they would.
 */
export function demandPrivacy(
  { host, tls, behindProxy }: Pick<
    Configuration,
    "host" | "tls" | "behindProxy"
  >,
): void {
  if (tls !== null || behindProxy || isLoopback(host)) return;
  throw new EngineError(
    "configuration_invalid",
    `Cannot listen on "${host}" without TLS: give MOE_TLS_CERT and MOE_TLS_KEY, or say with MOE_BEHIND_PROXY=1 that a proxy ends TLS`,
    { facts: { host } },
  );
}

function isTaken(cause: unknown): boolean {
  return cause instanceof Deno.errors.AddrInUse ||
    cause instanceof Error && "code" in cause && cause.code === "EADDRINUSE";
}

function taken(port: number, cause: unknown): EngineError {
  return new EngineError(
    "configuration_invalid",
    `Cannot listen on port ${port}: another program does; choose another with --port or MOE_PORT`,
    { cause },
  );
}

/** Waits for what ends in time; what does not is left behind. */
async function within(
  work: Promise<unknown>,
  longestMs: number,
): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, longestMs);
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
