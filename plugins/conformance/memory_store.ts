/**
 * The engine's store of signals, kept in memory and in the plainest way: what the
 * kit compares connectors by, and what tests of the stages run on.
 *
 * @module
 */
import { digest } from "../../core/domain/canonical.ts";
import type { Day, Instant } from "../../core/domain/day.ts";
import {
  deriveContentHash,
  type EventSignal,
  type Metric,
  type Metrics,
  type PerformanceSignal,
} from "../../core/domain/signal.ts";
import type {
  Claim,
  DeadLetter,
  KeyedPerformance,
  LatestClaim,
  SignalBatch,
  SignalStore,
  WriteReport,
} from "../../core/ports/signals.ts";

/** A row in force. */
export interface HeldRow {
  readonly signal: PerformanceSignal;
  readonly partitionKey: string;
  readonly contentHash: string;
  readonly revision: number;
}

/** What is kept. */
export interface MemorySignals extends SignalStore {
  readonly rows: ReadonlyMap<string, HeldRow>;
  readonly events: ReadonlyMap<string, EventSignal>;
  readonly letters: ReadonlyMap<string, DeadLetter>;
  readonly cursors: ReadonlyMap<string, string | null>;
  readonly claims: readonly (Claim & { readonly claimedAt: Instant })[];
  readonly batches: readonly SignalBatch[];
}

/** Keeps signals of one tenant and source. */
export function keepInMemory(): MemorySignals {
  const kept = {
    rows: new Map<string, HeldRow>(),
    events: new Map<string, EventSignal>(),
    letters: new Map<string, DeadLetter>(),
    cursors: new Map<string, string | null>(),
    claims: [] as (Claim & { claimedAt: Instant })[],
    batches: [] as SignalBatch[],
  };
  return {
    ...kept,
    write: (batch) => {
      kept.batches.push(batch);
      return Promise.resolve(writeTo(kept, batch));
    },
    readCursor: (_tenant, _source, scope) =>
      Promise.resolve(kept.cursors.get(scope) ?? null),
    count: () => Promise.resolve([]),
    freshness: () => Promise.resolve([]),
    tenants: () => Promise.resolve([]),
    listDeadLetters: () => Promise.resolve([...kept.letters.values()]),
    latestClaims: (_tenant, _source, report) =>
      Promise.resolve(latestOf(kept.claims, report)),
    lagCurve: () => Promise.resolve([]),
    performance: () => Promise.resolve([]),
    reported: () => Promise.resolve(new Set()),
  };
}

type Kept = {
  readonly rows: Map<string, HeldRow>;
  readonly events: Map<string, EventSignal>;
  readonly letters: Map<string, DeadLetter>;
  readonly cursors: Map<string, string | null>;
  readonly claims: (Claim & { claimedAt: Instant })[];
};

function writeTo(kept: Kept, batch: SignalBatch): WriteReport {
  const report = {
    inserted: 0,
    restated: 0,
    unchanged: 0,
    vanished: vanish(kept, batch),
    events: 0,
    duplicates: 0,
    deadLetters: 0,
  };
  for (const row of batch.performance) report[hold(kept, row)]++;
  for (const event of batch.events) {
    if (kept.events.has(event.eventId)) report.duplicates++;
    else {
      kept.events.set(event.eventId, event);
      report.events++;
    }
  }
  for (const id of batch.revived ?? []) kept.letters.delete(id);
  for (const reject of batch.rejects) {
    const id = digest([reject.reason, reject.original]);
    if (!kept.letters.has(id)) report.deadLetters++;
    const { source, connector, version = "", observedAt } = batch;
    const origin = { source, connector, version, observedAt };
    kept.letters.set(id, { ...reject, id, ...origin });
  }
  for (const claim of batch.claims) {
    kept.claims.push({ ...claim, claimedAt: batch.observedAt });
  }
  if (batch.cursor) kept.cursors.set(batch.cursor.scope, batch.cursor.value);
  return report;
}

function hold(
  { rows }: Kept,
  { signal, rowKey, partitionKey, contentHash }: KeyedPerformance,
): "inserted" | "restated" | "unchanged" {
  const known = rows.get(rowKey);
  if (known?.contentHash === contentHash) return "unchanged";
  const revision = (known?.revision ?? 0) + 1;
  rows.set(rowKey, { signal, partitionKey, contentHash, revision });
  return known === undefined ? "inserted" : "restated";
}

function vanish(kept: Kept, { claims, performance }: SignalBatch): number {
  const whole = new Set(
    claims.filter((claim) => claim.whole).map((claim) => claim.partitionKey),
  );
  const mentioned = new Set(performance.map(({ rowKey }) => rowKey));
  let gone = 0;
  for (const [rowKey, row] of kept.rows) {
    if (!whole.has(row.partitionKey) || mentioned.has(rowKey)) continue;
    if (isZero(row.signal.metrics)) continue;
    const metrics = zeros(row.signal.metrics);
    const signal = { ...row.signal, metrics };
    const contentHash = deriveContentHash(signal);
    const revision = row.revision + 1;
    kept.rows.set(rowKey, { ...row, signal, contentHash, revision });
    gone++;
  }
  return gone;
}

/** Whether nothing is told. */
export function isZero(metrics: Metrics): boolean {
  return Object.values(metrics).every((total) => total === 0n);
}

function zeros(metrics: Metrics): Metrics {
  return Object.fromEntries(
    Object.keys(metrics).map((metric) => [metric as Metric, 0n]),
  );
}

function latestOf(
  claims: readonly (Claim & { readonly claimedAt: Instant })[],
  report: string,
): LatestClaim[] {
  const latest = new Map<Day, LatestClaim>();
  for (const claim of claims) {
    const { day, ageDays, maturity, claimedAt } = claim;
    if (claim.report !== report || day === null) continue;
    const partialReads = countPartial(claims, claim);
    latest.set(day, { day, ageDays, maturity, claimedAt, partialReads });
  }
  return [...latest.values()].sort((a, b) => a.day < b.day ? -1 : 1);
}

function countPartial(
  claims: readonly Claim[],
  { report, day, whole, maturity }: Claim,
): number {
  if (whole || maturity !== "final") return 0;
  const partial = claims.filter((one) =>
    one.report === report && one.day === day && one.maturity === "final" &&
    !one.whole
  );
  return new Set(partial.map(({ ageDays }) => ageDays)).size;
}
