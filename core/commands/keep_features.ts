/**
 * Keeps online features up with the signals while a server runs: follows the stream of
 * changes, takes out people who were erased, and rebuilds what an online store that was
 * lost had held.
 *
 * Each online store has a consumer of its own, so nodes that share one share the work.
 * A new store begins where the furthest consumer is: up to there, what is kept offline
 * is up to date.
 *
 * @module
 */
import type { Instant } from "../domain/day.ts";
import type { Features } from "../features/features.ts";
import type { Clock, Ids } from "../ports/clock.ts";
import type { SignalStore } from "../ports/signals.ts";
import type { Following, SignalStream } from "../ports/stream.ts";
import { follow } from "../signals/follow.ts";
import { pause } from "../signals/pause.ts";
import { printError } from "./print_error.ts";

/** How the names of consumers of online stores begin. */
export const FEATURE_CONSUMERS = "features@";

const LEASE_MS = 30_000;
/** Pause when nothing changed. */
const IDLE_MS = 200;
/** How often the store's identity is looked at. */
const LOOK_MS = 500;
const RETRY_MS = 5000;
/** How often is put online what another node computed for one of its own. */
const SHARE_MS = 10 * 60_000;
/** How often is looked for people who were erased. */
const SWEEP_MS = 1000;

/** One line of the log. */
export interface OnlineEntry {
  readonly at: Instant;
  readonly level: "info" | "error";
  /**
   * `lost`: another, empty store is online; `rebuild`: what is kept was put online;
   * `erased`: people were taken out.
   */
  readonly event: "lost" | "rebuild" | "follow" | "erased";
  /** Vectors put online, or taken out. */
  readonly vectors?: number;
  readonly durationMs?: number;
  /** What went wrong, or null. */
  readonly error: string | null;
}

/** What it works with. */
export interface OnlineScope {
  readonly features: Pick<
    Features,
    "identity" | "rebuild" | "refreshFrom" | "sweepErased"
  >;
  readonly signals: Pick<SignalStore, "tenants">;
  readonly stream: SignalStream;
  readonly clock: Clock;
  readonly ids: Ids;
  log(entry: OnlineEntry): void;
}

/** Work in the background. */
export interface OnlineKeeping {
  /** Asks it to end; a batch under way is finished. */
  stop(): void;
  /** Resolves when the stream is first followed, or when it has ended. */
  readonly following: Promise<void>;
  /** Resolves when it has ended; never rejects. */
  readonly ended: Promise<void>;
}

/**
 * Starts.
 *
 * @param scope What it works with.
 * @returns What stops it.
 */
export function keepFeatures(scope: OnlineScope): OnlineKeeping {
  const stopping = new AbortController();
  const { promise: following, resolve } = Promise.withResolvers<void>();
  const { signal } = stopping;
  return {
    stop: () => stopping.abort(),
    following,
    ended: repeat(scope, { signal, onFollowing: resolve }).finally(resolve),
  };
}

interface Running {
  readonly signal: AbortSignal;
  onFollowing(): void;
}

async function repeat(scope: OnlineScope, running: Running): Promise<void> {
  const { signal } = running;
  let before: string | null = null;
  while (!signal.aborted) {
    try {
      const identity = await scope.features.identity();
      if (before !== null && identity !== before) {
        tell(scope, { level: "error", event: "lost" });
      }
      before = identity;
      await keepStore(scope, identity, running);
    } catch (error) {
      tell(scope, { event: "follow", failure: error });
      await pause(RETRY_MS, signal);
    }
  }
}

/** Keeps one store, until another is there in its place. */
async function keepStore(
  scope: OnlineScope,
  identity: string,
  { signal, onFollowing }: Running,
): Promise<void> {
  const { stream, features, ids } = scope;
  const replaced = new AbortController();
  const until = AbortSignal.any([signal, replaced.signal]);
  const following = {
    consumer: FEATURE_CONSUMERS + identity,
    holder: ids.next("features"),
    leaseMs: LEASE_MS,
  };
  await begin(stream, following);
  onFollowing();
  await Promise.all([
    rebuild(scope, until),
    sweep(scope, until),
    watch(scope, identity, { until, replace: () => replaced.abort() }),
    follow(stream, following, {
      handle: ({ messages }, lost) =>
        features.refreshFrom(messages, AbortSignal.any([until, lost])),
      onFailure: (failure) => {
        if (!until.aborted) tell(scope, { event: "follow", failure });
      },
      signal: until,
      idleMs: IDLE_MS,
    }),
  ]);
}

/** Places a consumer that is new. */
async function begin(
  stream: SignalStream,
  following: Following,
): Promise<void> {
  const others = (await stream.lag())
    .filter(({ consumer }) => consumer.startsWith(FEATURE_CONSUMERS));
  if (others.some(({ consumer }) => consumer === following.consumer)) return;
  const furthest = others.length === 0
    ? null
    : Math.max(...others.map(({ position }) => position));
  await stream.skip(following, furthest);
}

/** Takes out who was erased, whichever node was asked to. */
async function sweep(scope: OnlineScope, until: AbortSignal): Promise<void> {
  while (!until.aborted) {
    try {
      const vectors = await scope.features.sweepErased();
      if (vectors > 0) tell(scope, { event: "erased", vectors });
      await pause(SWEEP_MS, until);
    } catch (failure) {
      if (!until.aborted) tell(scope, { event: "erased", failure });
      await pause(RETRY_MS, until);
    }
  }
}

/** Says when the store is another one. */
async function watch(
  { features }: OnlineScope,
  identity: string,
  { until, replace }: { readonly until: AbortSignal; replace(): void },
): Promise<void> {
  while (!until.aborted) {
    await pause(LOOK_MS, until);
    const now = await features.identity().catch(() => identity);
    if (now !== identity) replace();
  }
}

/** Puts online what is kept; and later what other nodes keep there, which is not told. */
async function rebuild(
  scope: OnlineScope,
  signal: AbortSignal,
): Promise<void> {
  let isTold = false;
  while (!signal.aborted) {
    const startedMs = performance.now();
    try {
      const vectors = await rebuildAll(scope, signal);
      const durationMs = Math.round(performance.now() - startedMs);
      if (!isTold) tell(scope, { event: "rebuild", vectors, durationMs });
      isTold = true;
      await pause(SHARE_MS, signal);
    } catch (failure) {
      if (signal.aborted) return;
      tell(scope, { event: "rebuild", failure });
      await pause(RETRY_MS, signal);
    }
  }
}

async function rebuildAll(
  { features, signals }: OnlineScope,
  signal: AbortSignal,
): Promise<number> {
  let vectors = 0;
  for (const tenant of await signals.tenants()) {
    vectors += await features.rebuild(tenant, () => signal.throwIfAborted());
  }
  return vectors;
}

function tell(
  { clock, log }: OnlineScope,
  { failure, ...entry }:
    & Pick<OnlineEntry, "event">
    & Partial<OnlineEntry>
    & { readonly failure?: unknown },
): void {
  log({
    at: clock.now(),
    level: failure === undefined ? "info" : "error",
    error: failure === undefined ? null : printError(failure),
    ...entry,
  });
}
