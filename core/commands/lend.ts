/**
 * What the sources of this process are lent: files that the operator named, and
 * HTTP under one quota for all, in this process and in others, with access tokens that
 * are renewed.
 *
 * @module
 */
import { lookup } from "node:dns/promises";
import type { Clock } from "../ports/clock.ts";
import type { QuotaStore } from "../ports/quota.ts";
import { createPersistence } from "../signals/lend/breaker.ts";
import { callAt } from "../signals/lend/call_at.ts";
import { createCredentials } from "../signals/lend/credentials.ts";
import { lendFiles } from "../signals/lend/files.ts";
import { keepInFolder } from "../signals/lend/keep_in_folder.ts";
import { lendSource } from "../signals/lend/lend_source.ts";
import { createQuota, type Quota } from "../signals/lend/quota.ts";
import { fetchOutside, type OutsideScope } from "../signals/lend/outside.ts";
import type { Persistence } from "../signals/lend/persistence.ts";
import type { Lender } from "../signals/signals.ts";
import { configure } from "../signals/configure.ts";

/** What lends, and the quota behind it. */
export interface Lending extends Lender {
  readonly quota: Quota;
  /** Resolves when what was learnt of quotas is kept; not later than in seconds. */
  settle(): Promise<void>;
}

/** What lending stands on. */
export interface LendingScope {
  readonly clock: Clock;
  /** Budgets, shared by all processes. */
  readonly budgets: QuotaStore;
  /** Where refresh tokens that a vendor replaced are kept. */
  readonly dataFolder: string;
  /** Hosts that may be inside; none unless given. */
  readonly privateHosts?: readonly string[];
}

/** Above the difference of two nodes' ways to the database. */
const YIELD_MS = 16;
/** Longest that the end of a process waits for a database that does not answer. */
const SETTLE_MS = 5000;

/**
 * Opens what is lent.
 *
 * @param scope What it stands on.
 * @returns The lender.
 */
export function openLending(
  { clock, budgets: store, dataFolder, privateHosts = [] }: LendingScope,
): Lending {
  const quota = createQuota({ clock, sleep, store, yieldMs: YIELD_MS });
  const persistences = new Map<string, Persistence>();
  function persistenceOf(connector: string): Persistence {
    const known = persistences.get(connector) ??
      createPersistence({ clock, sleep, random: Math.random });
    persistences.set(connector, known);
    return known;
  }
  const credentials = createCredentials({
    clock,
    keep: keepInFolder(`${dataFolder}/credentials`),
  });
  return {
    quota,
    settle: () => within(SETTLE_MS, quota.settle()),
    files: ({ config }) => lendFiles(namedPaths(config)),
    http: (source, priority) => {
      const { connector, config, tenant, via } = source;
      return lendSource({
        connector,
        config: configure(connector, config),
        name: `${tenant}/${source.source}`,
        priority,
        clock,
        quota,
        persistence: persistenceOf(connector.name),
        credentials,
        ...(via && { via }),
        fetch: callerOf([...privateHosts, ...hostsOf(via)]),
      });
    },
  };
}

/**
 * Calls hosts outside, and those inside that the operator named.
 *
 * @param privateHosts Names or addresses of those inside.
 * @param resolve Addresses that a name stands for; the machine's own look-up unless given.
 * @returns Calls; rejects with `connector_failed` for any other host inside.
 */
export function callerOf(
  privateHosts: readonly string[],
  resolve: OutsideScope["resolve"] = lookUp,
): (request: Request) => Promise<Response> {
  return fetchOutside({ privateHosts: new Set(privateHosts), resolve, callAt });
}

async function lookUp(hostname: string): Promise<string[]> {
  const found = await lookup(hostname, { all: true });
  return found.map(({ address }) => address);
}

/** What stands in a host's place is named by the operator, wherever it is. */
function hostsOf(via: Readonly<Record<string, string>> = {}): string[] {
  return Object.values(via).map((origin) => new URL(origin).hostname);
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((wake) => setTimeout(wake, milliseconds));
}

async function within(limitMs: number, work: Promise<void>): Promise<void> {
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, limitMs);
  await Promise.race([work, over]).finally(() => clearTimeout(timer));
}

/** Paths that the operator named in a connector's configuration. */
function namedPaths(config: unknown): string[] {
  const { file, folder } = (config ?? {}) as {
    file?: unknown;
    folder?: unknown;
  };
  return [file, folder].filter((path) => typeof path === "string");
}
