/**
 * Keeps looking, while a server runs, whether features and sources can be trusted, and
 * says once what it finds.
 *
 * Every node derives the sample of what it served itself. Sources and the spread of
 * features are looked at by one node at a time, for as long as it holds the lease.
 *
 * @module
 */
import type { Instant } from "../domain/day.ts";
import { printDrift } from "../features/drift.ts";
import { printProblem } from "../features/expectations.ts";
import type { Features } from "../features/features.ts";
import { printFinding } from "../features/source_watch.ts";
import type { FoundSource, Trust } from "../features/trust.ts";
import { materialised, printViewRef } from "../features/versions.ts";
import type { Clock, Ids } from "../ports/clock.ts";
import type { SignalStore } from "../ports/signals.ts";
import type { LeaseStore } from "../ports/stores.ts";
import { printError } from "./print_error.ts";
import { type Background, type Found, inRounds, sayOnce } from "./rounds.ts";

/** Name of the lease of who looks at sources. */
const LEASE = "trust";
/** Pause between two derivations of what was served. */
const SERVED_MS = 5000;
/** Pause between two looks at sources, and how often the lease is kept meanwhile. */
const WATCH_MS = 3 * 3_600_000;
const HOLD_MS = 60_000;
/** How long after a node died another goes on, if no look takes longer. */
const LEASE_MS = 900_000;

/** One line of the log. */
export interface TrustEntry {
  readonly at: Instant;
  readonly level: "warn" | "error";
  /** What is not as it should be; `failed` if that could not be found out. */
  readonly event:
    | "feature_mismatch"
    | "feature_held_back"
    | "feature_drift"
    | "source_silent"
    | "source_unit"
    | "trust_failed";
  /** Null if it is of all. */
  readonly tenant: string | null;
  /** In one line, without personal data. */
  readonly detail: string;
}

/** What it works with. */
export interface TrustedScope {
  readonly trust: Pick<
    Trust,
    "checkServed" | "heldBack" | "checkView" | "checkSources" | "found"
  >;
  readonly features: Pick<Features, "declared">;
  readonly signals: Pick<SignalStore, "tenants">;
  readonly leases: LeaseStore;
  readonly clock: Clock;
  readonly ids: Ids;
  log(entry: TrustEntry): void;
  /** Pauses, ms; 5 s and 3 h unless given. */
  readonly servedMs?: number;
  readonly watchMs?: number;
}

/** What is found in a round. */
interface FoundTrust extends Found {
  readonly event: TrustEntry["event"];
}

type Say = (found: FoundTrust) => void;

/**
 * Starts.
 *
 * @param scope What it works with.
 * @returns What stops it.
 */
export function keepTrusted(scope: TrustedScope): Background {
  const stopping = new AbortController();
  const { signal } = stopping;
  return {
    stop: () => stopping.abort(),
    ended: Promise.all([
      checkServed(scope, signal),
      watch(scope, signal),
    ]).then(() => {}),
  };
}

async function checkServed(
  scope: TrustedScope,
  signal: AbortSignal,
): Promise<void> {
  const { trust, clock, log, servedMs = SERVED_MS } = scope;
  const held = telling(scope);
  await repeat(scope, { signal, everyMs: servedMs }, async () => {
    for (const { tenant, ...mismatch } of await trust.checkServed()) {
      const { view, entityHash, features, since } = mismatch;
      const detail = `${view} of entity ${entityHash} was ${
        since === "held" ? "held for too long" : "computed otherwise"
      }: ${features.join(", ")}`;
      const at = clock.now();
      log({ at, level: "warn", event: "feature_mismatch", tenant, detail });
    }
    await held((say) => {
      for (const { tenant, problems } of trust.heldBack()) {
        for (const problem of problems) {
          const { view, feature, what } = problem;
          const id = [view, feature, what];
          const detail = printProblem(problem);
          say({ tenant, event: "feature_held_back", id, detail });
        }
      }
      return Promise.resolve();
    });
  });
}

async function watch(scope: TrustedScope, signal: AbortSignal): Promise<void> {
  const { leases, trust, ids, watchMs = WATCH_MS } = scope;
  const holder = ids.next("trust");
  const said = telling(scope);
  let dueMs = 0;
  const everyMs = Math.min(watchMs, HOLD_MS);
  await repeat(scope, { signal, everyMs }, async () => {
    if (!await leases.take(LEASE, holder, LEASE_MS)) {
      dueMs = 0;
      trust.found([]);
      return;
    }
    if (performance.now() < dueMs) return;
    await said(async (say) => {
      const found: FoundSource[] = [];
      for (const tenant of await scope.signals.tenants()) {
        if (signal.aborted) return;
        found.push(...await watchTenant(scope, tenant, say));
      }
      trust.found(found);
      dueMs = performance.now() + watchMs;
    });
  });
  await leases.release(LEASE, holder).catch(() => {});
}

async function watchTenant(
  { trust, features }: TrustedScope,
  tenant: string,
  say: Say,
): Promise<readonly FoundSource[]> {
  const findings = await trust.checkSources(tenant);
  for (const finding of findings) {
    const { source, what, name, metric } = finding;
    const detail = `source ${source} ${printFinding(finding)}`;
    const id = [source, name, metric];
    say({ tenant, event: `source_${what}`, id, detail });
  }
  for (const view of materialised(await features.declared(tenant))) {
    const { drifts } = await trust.checkView(tenant, view);
    for (const drift of drifts) {
      const detail = `${printViewRef(view)}.${printDrift(drift)}`;
      const id = [printViewRef(view), drift.feature, drift.what];
      say({ tenant, event: "feature_drift", id, detail });
    }
  }
  return findings.map((finding) => ({ tenant, ...finding }));
}

/** What is found is told when it first comes up. */
function telling({ clock, log }: TrustedScope) {
  return sayOnce<FoundTrust>((found) =>
    log({ at: clock.now(), level: "warn", ...found })
  );
}

async function repeat(
  { clock, log }: TrustedScope,
  { signal, everyMs }: {
    readonly signal: AbortSignal;
    readonly everyMs: number;
  },
  work: () => Promise<void>,
): Promise<void> {
  const failed = (error: unknown) =>
    log({
      at: clock.now(),
      level: "error",
      event: "trust_failed",
      tenant: null,
      detail: printError(error),
    });
  await inRounds(signal, { everyMs, failed }, work);
}
