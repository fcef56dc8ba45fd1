/**
 * Watches the models that serve, once a day each, and trains them anew at night if
 * the operator asked for it. A version that is trained here is pending like any
 * other: it never serves before a person let it.
 *
 * One node at a time does it, for as long as it holds the lease. What was looked at
 * or trained is on record, so that a restart does neither again.
 *
 * @module
 */
import { DAY_MS, type Instant } from "../domain/day.ts";
import { type ModelRecord, printModelRef } from "../domain/score.ts";
import type { Clock, Ids } from "../ports/clock.ts";
import type { ModelRegistry, ModelWatchStore } from "../ports/models.ts";
import type { SignalStore } from "../ports/signals.ts";
import type { LeaseStore } from "../ports/stores.ts";
import { LOOK } from "../scores/watch/look.ts";
import { printWatchFinding, type WatchReport } from "../scores/watch/watch.ts";
import { printError } from "./print_error.ts";
import { type Background, type Found, inRounds, sayOnce } from "./rounds.ts";

/** Name of the lease of who looks at models. */
const LEASE = "models";
/** Pause between two rounds, in which little is mostly due. */
const ROUND_MS = 60_000;
/** How long after a node died another goes on, if no training takes longer. */
const LEASE_MS = 3_600_000;
/** For how long after its time a night that was missed is made up for. */
const LATE_MS = 6 * 3_600_000;
/** Pause after a look that failed. */
const AGAIN_MS = 3_600_000;
/** Who trains at night; no person, so that any person may review. */
export const NIGHTLY = "nightly";

/** One line of the log. */
export interface ModelEntry {
  readonly at: Instant;
  readonly level: "info" | "warn" | "error";
  readonly event: "model_watch" | "model_trained" | "models_failed";
  /** Null if it is of all. */
  readonly tenant: string | null;
  /** In one line, without personal data. */
  readonly detail: string;
}

/** What it works with. */
export interface ModelScope {
  /** Looks at the champion of a name and keeps what it finds. */
  look(tenant: string, record: ModelRecord): Promise<WatchReport>;
  /** Trains a version as it was trained before, on what is known now. */
  retrain(
    tenant: string,
    record: ModelRecord,
    by: string,
  ): Promise<ModelRecord>;
  readonly models: Pick<ModelRegistry, "champion" | "list">;
  readonly watches: Pick<ModelWatchStore, "latest">;
  readonly signals: Pick<SignalStore, "tenants">;
  readonly leases: LeaseStore;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Time of day, UTC, `HH:MM`; null for never. */
  readonly retrainAt: string | null;
  log(entry: ModelEntry): void;
  /** Pause between rounds, ms; a minute unless given. */
  readonly roundMs?: number;
}

interface FoundModel extends Found {
  readonly event: "model_watch";
}

/**
 * Starts.
 *
 * @param scope What it works with.
 * @returns What stops it.
 */
export function keepModels(scope: ModelScope): Background {
  const stopping = new AbortController();
  return {
    stop: () => stopping.abort(),
    ended: keep(scope, stopping.signal),
  };
}

async function keep(scope: ModelScope, signal: AbortSignal): Promise<void> {
  const { clock, ids, leases, log, roundMs = ROUND_MS } = scope;
  const holder = ids.next("models");
  const failed = (tenant: string | null) => (error: unknown) =>
    log({
      at: clock.now(),
      level: "error",
      event: "models_failed",
      tenant,
      detail: printError(error),
    });
  const tried: Tried = new Map();
  const tellNew = tellerOf(scope);
  const when = { everyMs: roundMs, failed: failed(null) };
  const holds = async () =>
    !signal.aborted && await leases.take(LEASE, holder, LEASE_MS);
  await inRounds(signal, when, async () => {
    if (!await holds()) return;
    for (const tenant of await scope.signals.tenants()) {
      for (const record of await champions(scope, tenant)) {
        if (!await holds()) return;
        await lookIfDue(scope, tenant, { record, tellNew, tried })
          .catch(failed(tenant));
        if (!await holds()) return;
        await retrainIfDue(scope, tenant, { record, tried })
          .catch(failed(tenant));
      }
    }
  });
  await leases.release(LEASE, holder).catch(() => {});
}

type Teller = ReturnType<typeof tellerOf>;

/** What a version is found with is told once while it lasts. */
function tellerOf({ clock, log }: ModelScope) {
  const byVersion = new Map<string, ReturnType<typeof sayOnce<FoundModel>>>();
  return (tenant: string, ref: string) => {
    const key = JSON.stringify([tenant, ref]);
    const known = byVersion.get(key) ??
      sayOnce<FoundModel>((found) =>
        log({ at: clock.now(), level: "warn", ...found })
      );
    byVersion.set(key, known);
    return known;
  };
}

async function champions(
  { models }: ModelScope,
  tenant: string,
): Promise<readonly ModelRecord[]> {
  const names = new Set(
    (await models.list(tenant)).map(({ name }) => name),
  );
  const found = await Promise.all(
    [...names].map((name) => models.champion(tenant, name)),
  );
  return found.flatMap((one) => one === null ? [] : [one.champion]);
}

/** What was tried and when, ms: what fails is not tried again at once. */
type Tried = Map<string, number>;

async function lookIfDue(
  scope: ModelScope,
  tenant: string,
  { record, tellNew, tried }: {
    readonly record: ModelRecord;
    readonly tellNew: Teller;
    readonly tried: Tried;
  },
): Promise<void> {
  const { watches, clock, look } = scope;
  if (record.artifactKind === "curves") return;
  const [last] = await watches.latest(tenant, record.name, {
    kind: LOOK,
    limit: 1,
  });
  const now = Date.parse(clock.now());
  const isFresh = last?.version === record.version &&
    now - Date.parse(last.at) < DAY_MS;
  const ref = printModelRef(record);
  const key = JSON.stringify([tenant, ref]);
  if (isFresh || now - (tried.get(key) ?? -Infinity) < AGAIN_MS) return;
  tried.set(key, now);
  await tellNew(tenant, ref)(async (say) => {
    const { findings } = await look(tenant, record);
    for (const finding of findings) {
      const { what, name } = finding;
      const detail = `${ref}: ${printWatchFinding(finding)}`;
      say({ tenant, event: "model_watch", id: [ref, what, name], detail });
    }
  });
}

async function retrainIfDue(
  scope: ModelScope,
  tenant: string,
  { record, tried }: {
    readonly record: ModelRecord;
    readonly tried: Tried;
  },
): Promise<void> {
  const { clock, log, models, retrainAt, retrain } = scope;
  const due = retrainAt === null ? null : lastDue(clock.now(), retrainAt);
  if (due === null || record.family === "imported") return;
  const key = JSON.stringify([tenant, record.name, due]);
  if (tried.has(key)) return;
  tried.set(key, Date.parse(due));
  const trained = (await models.list(tenant)).some(({ name, createdAt }) =>
    name === record.name && createdAt >= due
  );
  if (trained) return;
  const made = await retrain(tenant, record, NIGHTLY);
  log({
    at: clock.now(),
    level: "info",
    event: "model_trained",
    tenant,
    detail: `${printModelRef(made)} is pending beside ${
      printModelRef(record)
    }: compare and approve it, or leave it`,
  });
}

/** The last time of day that has come, unless it came too long ago. */
export function lastDue(now: Instant, time: string): Instant | null {
  const today = `${now.slice(0, 10)}T${time}:00.000Z`;
  const due = today <= now
    ? today
    : new Date(Date.parse(today) - DAY_MS).toISOString();
  return Date.parse(now) - Date.parse(due) <= LATE_MS ? due : null;
}
