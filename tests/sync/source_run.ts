/**
 * A process of the engine with one source, as a test starts it: the engine's own
 * sync, backfill and replay over its own HTTP, quota and breaker, on a store that
 * outlives it. Nothing else does: every start is with empty hands.
 *
 * @module
 */
import type { DayRange } from "../../core/domain/day.ts";
import type { Ids } from "../../core/ports/clock.ts";
import type { BackfillStore, SignalStore } from "../../core/ports/signals.ts";
import { createPersistence } from "../../core/signals/lend/breaker.ts";
import type { Priority } from "../../core/signals/lend/budget_keys.ts";
import { createCredentials } from "../../core/signals/lend/credentials.ts";
import { lendSource } from "../../core/signals/lend/lend_source.ts";
import { createQuota } from "../../core/signals/lend/quota.ts";
import { openPseudonyms } from "../../core/signals/pseudonym.ts";
import { createSignals, type Signals } from "../../core/signals/signals.ts";
import type { BackfillPlan } from "../../core/signals/sync/backfill.ts";
import type { SyncReport } from "../../core/signals/sync/sync_report.ts";
import type { ReviveReport } from "../../core/signals/revive_letters.ts";
import type { Connector } from "../../plugins/contract.ts";
import { NO_FILES } from "../ingest/memory_signals.ts";
import type { ManualClock } from "../vendors/manual_clock.ts";

/** Name of the source in these tests. */
export const SOURCE = "small";

/** What a process is started with. */
export interface SourceLoan {
  readonly tenant: string;
  readonly connector: Connector;
  readonly clock: ManualClock;
  readonly store: SignalStore;
  readonly backfills?: BackfillStore;
  readonly initialDays?: number;
  fetch(request: Request): Promise<Response>;
}

/** A running process. */
export interface SourceRun {
  sync(): Promise<SyncReport>;
  planBackfill(range: DayRange): Promise<BackfillPlan>;
  revive(dryRun: boolean): Promise<ReviveReport>;
}

/** Starts a process. */
export function startRun(loan: SourceLoan): SourceRun {
  const { tenant, connector, initialDays } = loan;
  const source = {
    tenant,
    connector,
    source: SOURCE,
    config: {},
    ...(initialDays !== undefined && { initialDays }),
  };
  const signals = wire(loan);
  return {
    sync: () => signals.sync(source, () => {}),
    planBackfill: (range) =>
      signals.planBackfill(source, range, { report: () => {} }),
    revive: (dryRun) => signals.revive(source, { filter: {}, dryRun }),
  };
}

function wire(loan: SourceLoan): Signals {
  const { store, clock, connector, tenant, fetch } = loan;
  const quota = createQuota({ clock, sleep: clock.sleep });
  const persistence = createPersistence({ ...clock, clock, random: () => 0.5 });
  const credentials = createCredentials({ clock, keep: NOTHING_KEPT });
  const http = (priority: Priority) =>
    lendSource({
      connector,
      config: {},
      name: `${tenant}/${SOURCE}`,
      priority,
      clock,
      quota,
      persistence,
      credentials,
      fetch,
    });
  return createSignals({
    store,
    backfills: loan.backfills ?? NO_BACKFILLS,
    clock,
    ids: countIds(),
    // The same in every tenant, so that tenants can be compared.
    pseudonyms: () => PSEUDONYMS,
  }, { files: () => NO_FILES, http: (_source, priority) => http(priority) });
}

const PSEUDONYMS = openPseudonyms(new Uint8Array(32), "any");

const NOTHING_KEPT = {
  read: () => Promise.resolve(null),
  write: () => Promise.resolve(),
};

/** Nothing is backfilled. */
const NO_BACKFILLS = {} as BackfillStore;

function countIds(): Ids {
  let count = 0;
  return { next: (prefix) => `${prefix}_${String(++count).padStart(26, "0")}` };
}
