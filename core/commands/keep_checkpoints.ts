/**
 * Signs checkpoints of the logs while a server runs, one node at a time.
 *
 * @module
 */
import {
  type CheckpointMade,
  type CheckpointScope,
  makeCheckpoints,
} from "../decisions/log/checkpoints/make_checkpoints.ts";
import type { Instant } from "../domain/day.ts";
import type { Ids } from "../ports/clock.ts";
import type { LeaseStore } from "../ports/stores.ts";
import { printError } from "./print_error.ts";
import { type Background, inRounds } from "./rounds.ts";

const LEASE = "checkpoints";
const LEASE_MS = 30_000;
/** How often what is due is looked for. */
const ROUND_MS = 5000;

/** One line of the log: a checkpoint that could not be made. */
export interface CheckpointEntry {
  readonly at: Instant;
  readonly level: "error";
  readonly event: "checkpoint_failed";
  /** Null if it is of all; `*` for the deployment. */
  readonly tenant: string | null;
  readonly detail: string;
}

/** What it works with. */
export interface KeepCheckpointsScope {
  readonly making: CheckpointScope;
  readonly leases: LeaseStore;
  readonly ids: Ids;
  log(entry: CheckpointEntry): void;
  /** Pause between rounds, ms; 5 s unless given. */
  readonly roundMs?: number;
}

/**
 * Starts.
 *
 * @returns What stops it, after all that is new was signed.
 */
export function keepCheckpoints(scope: KeepCheckpointsScope): Background {
  const stopping = new AbortController();
  return {
    stop: () => stopping.abort(),
    ended: keep(scope, stopping.signal),
  };
}

async function keep(
  scope: KeepCheckpointsScope,
  signal: AbortSignal,
): Promise<void> {
  const { leases, ids, log, making } = scope;
  const holder = ids.next("checkpoints");
  const tell = (tenant: string | null, error: unknown) =>
    log({
      at: making.clock.now(),
      level: "error",
      event: "checkpoint_failed",
      ...{ tenant, detail: printError(error) },
    });
  const failed = (error: unknown) => tell(null, error);
  const said = new Map<string, string>();
  const [owed, compared] = [new Set<string>(), new Set<string>()];
  async function round(now: boolean): Promise<void> {
    if (!await leases.take(LEASE, holder, LEASE_MS)) return;
    const scope = { ...making, owed, compared };
    tellNew(await makeCheckpoints(scope, { now }), said, tell);
  }
  const everyMs = scope.roundMs ?? ROUND_MS;
  await inRounds(signal, { everyMs, failed }, () => round(false));
  await round(true).catch(failed);
  await leases.release(LEASE, holder).catch(() => {});
}

/** A log that does not follow from its checkpoint is told of once, until it does. */
function tellNew(
  made: readonly CheckpointMade[],
  said: Map<string, string>,
  tell: (tenant: string, error: unknown) => void,
): void {
  for (const one of made) {
    if ("made" in one) {
      said.delete(one.owner);
      continue;
    }
    const detail = String(one.error);
    if (said.get(one.owner) !== detail) tell(one.owner, one.error);
    said.set(one.owner, detail);
  }
}
