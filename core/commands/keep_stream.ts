/**
 * Keeps the stream of signals going while a server runs: relays it to NATS where
 * there is one, and forgets what is old once an hour.
 *
 * @module
 */
import type { Instant } from "../domain/day.ts";
import type { Clock, Ids } from "../ports/clock.ts";
import type { Stores } from "../ports/stores.ts";
import type { SignalStream } from "../ports/stream.ts";
import { follow } from "../signals/follow.ts";
import { FEATURE_CONSUMERS } from "./keep_features.ts";
import { printError } from "./print_error.ts";
import { pause } from "../signals/pause.ts";

/** Name of the relay among the consumers of the outbox. */
const RELAY = "nats";

const LEASE_MS = 30_000;
const PRUNE_EVERY_MS = 3_600_000;
/** Longest that NATS may take to acknowledge a batch; then it is tried again. */
const RELAY_MS = 60_000;
/** For how long a consumer that is new finds what came before it. */
const KEPT_MS = 7 * 86_400_000;

/** One line of the log. */
export interface StreamEntry {
  readonly at: Instant;
  readonly level: "info" | "error";
  readonly event: "relay" | "prune";
  /** Batches that were forgotten. */
  readonly batches?: number;
  /** What went wrong, or null. */
  readonly error: string | null;
}

/** What it works with. */
export interface StreamScope {
  readonly stores: Pick<Stores, "guards" | "stream">;
  readonly clock: Clock;
  readonly ids: Ids;
  log(entry: StreamEntry): void;
}

/** Work in the background. */
export interface Streaming {
  /** Asks it to end; a batch under way is finished. */
  stop(): void;
  /** Resolves when it has ended; never rejects. */
  readonly ended: Promise<void>;
}

/**
 * Starts.
 *
 * @param scope What it works with.
 * @param natsUrl Server to relay to, or null for none.
 * @returns What stops it.
 */
export function keepStream(
  scope: StreamScope,
  natsUrl: string | null,
): Streaming {
  const stopping = new AbortController();
  const { signal } = stopping;
  const working = [
    prune(scope, signal),
    ...natsUrl === null ? [] : [relay(scope, natsUrl, signal)],
  ];
  return {
    stop: () => stopping.abort(),
    ended: Promise.all(working).then(() => {}),
  };
}

/** Says once when it goes well again after failures. */
async function relay(
  { stores: { guards, stream }, clock, ids, log }: StreamScope,
  natsUrl: string,
  signal: AbortSignal,
): Promise<void> {
  const { createNatsRelay } = await import("../store/nats_relay.ts");
  const nats = createNatsRelay(natsUrl);
  const guard = guards.of("stream");
  let well = false;
  const told = (error: string | null) => {
    well = error === null;
    const level = well ? "info" : "error";
    log({ at: clock.now(), level, event: "relay", error });
  };
  await guard.run(nats.open, RELAY_MS).then(
    () => told(null),
    (error) => told(printError(error)),
  );
  await follow(
    stream,
    { consumer: RELAY, holder: ids.next("relay"), leaseMs: LEASE_MS },
    {
      handle: async (batch) => {
        await guard.run(() => nats.publish(batch), RELAY_MS);
        if (!well) told(null);
      },
      onFailure: (error) => told(printError(error)),
      signal,
    },
  );
  await nats.close();
}

async function prune(
  { stores: { stream }, clock, log }: StreamScope,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const at = clock.now();
    const told = { at, event: "prune" } as const;
    await forgetOld(stream, at).then(
      (batches) => {
        if (batches > 0) log({ ...told, level: "info", batches, error: null });
      },
      (error) => log({ ...told, level: "error", error: printError(error) }),
    );
    await pause(PRUNE_EVERY_MS, signal);
  }
}

/** A consumer of an online store that is gone would keep all that came after. */
async function forgetOld(stream: SignalStream, at: Instant): Promise<number> {
  const before = new Date(Date.parse(at) - KEPT_MS).toISOString();
  await stream.forgetIdle(FEATURE_CONSUMERS, before);
  return await stream.prune(before);
}
