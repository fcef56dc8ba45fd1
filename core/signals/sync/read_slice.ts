/**
 * Fetches one slice of a report to its end. What the source cut is never taken for
 * the whole: the days are halved, then a day is split into the report's shards, and
 * where neither helps the slice fails and its days stay unclaimed.
 *
 * @module
 */
import {
  addDays,
  countDays,
  type DayRange,
  type Instant,
} from "../../domain/day.ts";
import { EngineError } from "../../domain/error.ts";
import type { Quality, SourceAccount } from "../../domain/source.ts";
import type {
  Connector,
  Lent,
  Records,
  Report,
  SliceScope,
  SourceReport,
} from "../../../plugins/contract.ts";
import { iterateContained, named } from "../contain.ts";

/** Records that a slice may hold in memory; more are asked for in parts. */
const MOST_RECORDS = 500_000;
/** Longest wait for one page; a source's own waits are within it. */
const PAGE_TIMEOUT_MS = 900_000;

/** A report of a source, and what it is lent. */
export interface OpenReport {
  readonly connector: Connector;
  readonly question: SourceReport;
  readonly account: SourceAccount;
  readonly lent: Omit<Lent<unknown>, "now">;
  /** The present. */
  now(): Instant;
  readonly secrets: readonly string[];
  readonly report: Report;
}

/** Records of some days, all there are. */
export interface WholeSlice {
  /** When the source was asked: what it says later holds against this. */
  readonly askedAt: Instant;
  readonly range: DayRange;
  readonly records: readonly unknown[];
  readonly quality: readonly Quality[];
}

/** The source left records out. */
class Cut extends Error {}

/**
 * Reads a slice.
 *
 * @param open The report.
 * @param range Days, at most the report's `sliceDays`.
 * @returns Whole slices that together are the days asked for, as each is complete.
 * @throws {EngineError} `source_truncated` if a day is cut and cannot be split;
 * whatever the source's calls throw.
 */
export async function* readSlice(
  open: OpenReport,
  range: DayRange,
): AsyncGenerator<WholeSlice> {
  try {
    yield await collect(open, range, [null]);
  } catch (error) {
    if (!isCut(error)) throw error;
    yield* readParts(open, range);
  }
}

async function* readParts(
  open: OpenReport,
  { from, until }: DayRange,
): AsyncGenerator<WholeSlice> {
  const days = countDays({ from, until });
  if (days > 1) {
    const middle = addDays(from, days >> 1);
    yield* readSlice(open, { from, until: middle });
    yield* readSlice(open, { from: middle, until });
    return;
  }
  yield await readShards(open, { from, until });
}

async function readShards(
  open: OpenReport,
  range: DayRange,
): Promise<WholeSlice> {
  const { connector, question, secrets } = open;
  if (!question.shards) throw truncated(open, range);
  const scope = scopeOf(open, range, null);
  const shards = await named(
    connector.name,
    secrets,
    () => question.shards?.(scope) ?? Promise.resolve([]),
  );
  if (new Set(shards).size !== shards.length || shards.length === 0) {
    throw truncated(open, range);
  }
  try {
    return await collect(open, range, shards);
  } catch (error) {
    if (!isCut(error)) throw error;
    throw truncated(open, range);
  }
}

async function collect(
  open: OpenReport,
  range: DayRange,
  shards: readonly (string | null)[],
): Promise<WholeSlice> {
  const askedAt = open.now();
  const records: unknown[] = [];
  const quality = new Set<Quality>();
  for (const shard of shards) {
    for await (const page of openPages(open, range, shard)) {
      for (const record of page.records) records.push(record);
      for (const one of page.quality ?? []) quality.add(one);
      if (records.length > MOST_RECORDS) throw new Cut();
      open.report(`${records.length} records`, null);
    }
  }
  return { askedAt, range, records, quality: [...quality].sort() };
}

/** Pages of one shard; a page that is cut ends all. */
async function* openPages(
  open: OpenReport,
  range: DayRange,
  shard: string | null,
): AsyncGenerator<Records> {
  const { connector: { name }, secrets, question } = open;
  const patience = { name, secrets, pageTimeoutMs: PAGE_TIMEOUT_MS };
  let count = 0;
  const pages = iterateContained(
    patience,
    () => question.read(scopeOf(open, range, shard)),
  );
  for await (const page of pages) {
    if (!Array.isArray(page?.records)) throw shapeless(name);
    count += page.records.length;
    const capped = question.recordCap !== null && count >= question.recordCap;
    if (page.truncated === true || capped) throw new Cut();
    yield page;
  }
}

/**
 * What a report is lent for a slice.
 *
 * @param open The report.
 * @param range Days.
 * @param shard Part, or null for all.
 * @returns The scope.
 */
export function scopeOf(
  { lent, account, report, now }: OpenReport,
  range: DayRange,
  shard: string | null,
): SliceScope<unknown> {
  return { ...lent, now: now(), account, range, shard, report };
}

function shapeless(name: string): EngineError {
  return new EngineError(
    "connector_failed",
    `Cannot run connector "${name}": a page must have an array of records`,
    { facts: { connector: name } },
  );
}

function isCut(error: unknown): boolean {
  return error instanceof Cut ||
    (error instanceof EngineError && error.code === "source_too_large");
}

function truncated(
  { connector: { name }, question }: OpenReport,
  { from }: DayRange,
): EngineError {
  return new EngineError(
    "source_truncated",
    `Cannot read report "${question.name}" of ${from}: the source leaves rows out, and the day cannot be split further`,
    { facts: { connector: name, report: question.name, day: from } },
  );
}
