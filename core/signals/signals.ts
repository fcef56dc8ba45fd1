/**
 * The stage as the engine sees it: everything that brings signals in.
 *
 * @module
 */
import type { DayRange } from "../domain/day.ts";
import type { Connector, Delivery } from "../../plugins/contract.ts";
import type { FileAccess, HttpClient } from "../../plugins/contract.ts";
import type { Report } from "../../plugins/contract.ts";
import { cursorScope, ingest } from "./ingest.ts";
import type { IngestReport } from "./ingest_report.ts";
import type { Priority } from "./lend/budget_keys.ts";
import { receive, type ReceiveReport } from "./receive.ts";
import {
  type ReviveJob,
  reviveLetters,
  type ReviveReport,
} from "./revive_letters.ts";
import {
  type BackfillPlan,
  type BackfillScope,
  planBackfill,
} from "./sync/backfill.ts";
import { sync, type SyncJob } from "./sync/sync.ts";
import type { SyncReport } from "./sync/sync_report.ts";

/** A source of a tenant: its connector and how it is configured. */
export interface Source {
  readonly tenant: string;
  readonly source: string;
  readonly connector: Connector;
  readonly config: unknown;
  /** Origins that the operator puts in place of the connector's hosts. */
  readonly via?: Readonly<Record<string, string>>;
  /** Days that a first sync goes back. */
  readonly initialDays?: number;
}

/** What lends to connectors. */
export interface Lender {
  files(source: Source): FileAccess;
  http(source: Source, priority: Priority): HttpClient;
}

/** Everything that brings signals in. */
export interface Signals {
  /** Pulls a source page by page to its end, days of a range only if one is given. */
  ingest(
    source: Source,
    range: DayRange | null,
    report: Report,
  ): Promise<IngestReport>;
  /** Where the last pull of a source ended, as its connector said it. */
  cursor(source: Source): Promise<string | null>;
  receive(source: Source, delivery: Delivery): Promise<ReceiveReport>;
  sync(
    source: Source,
    report: Report,
    options?: { readonly signal: AbortSignal },
  ): Promise<SyncReport>;
  planBackfill(
    source: Source,
    range: DayRange,
    how: { readonly report: Report; readonly again?: boolean },
  ): Promise<BackfillPlan>;
  revive(
    source: Source,
    how: Pick<ReviveJob, "filter" | "dryRun">,
  ): Promise<ReviveReport>;
}

/**
 * Wires the stage.
 *
 * @param scope Where signals go, the time, the door for people.
 * @param lender What connectors are lent.
 * @returns The stage.
 */
export function createSignals(scope: BackfillScope, lender: Lender): Signals {
  function jobOf(
    source: Source,
    priority: Priority,
    report: Report,
  ): SyncJob {
    const files = lender.files(source);
    return { ...source, files, http: lender.http(source, priority), report };
  }
  return {
    ingest: (source, range, report) =>
      ingest(scope, { ...jobOf(source, "fresh", report), range }),
    cursor: (source) =>
      scope.store.readCursor(
        source.tenant,
        source.source,
        cursorScope({ ...source, range: null }),
      ),
    receive: (source, delivery) => receive(scope, { ...source, delivery }),
    sync: (source, report, options) =>
      sync(scope, { ...jobOf(source, "fresh", report), ...options }),
    planBackfill: (source, range, { report, again = false }) =>
      planBackfill(
        scope,
        { ...jobOf(source, "backfill", report), again },
        range,
      ),
    revive: (source, how) => reviveLetters(scope, { ...source, ...how }),
  };
}
