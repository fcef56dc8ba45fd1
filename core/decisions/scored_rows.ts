/**
 * Reads off the decision log what a version answered lately: its inputs, its score,
 * and the money it moved.
 *
 * A busy version answers more than tells anything new, and reading takes from those who
 * wait for decisions. So it is a sample, spread evenly over the days, and what all answers
 * come to is reckoned from it.
 *
 * @module
 */
import type { DecisionRecord, LoggedRecord } from "../domain/decision.ts";
import { DAY_MS, type Instant } from "../domain/day.ts";
import { type ModelRecord, printModelRef } from "../domain/score.ts";
import type { ScoredRow, ScoredWindow } from "../scores/watch/scored.ts";
import type { DecisionLog } from "../ports/decisions.ts";
import { type BesideReading, sampleBeside } from "./log/records/pages.ts";
import { type ChainRange, findPlace } from "./log/records/place.ts";
import { parseDecisions } from "./log/records/record.ts";

/**
 * Answers that are enough: of as many entities they show, nineteen times in twenty, the
 * smallest shift that is told of (a stability index of 0.005 in one of ten columns).
 */
const ENOUGH_ANSWERS = 10_000;
/** Records that are read at most, for a version that few decisions stand on. */
const MOST_READ = 200_000;
/** Rest after a page: all pages together take about a hundredth of the thread. */
const REST_MS = 150;

/** Whose log, and how gently it is read. */
export interface ScoredReading {
  readonly log: Pick<DecisionLog, "read" | "head">;
  readonly tenant: string;
  /** Rest after a page, ms; 150 unless given. */
  readonly restMs?: number;
}

/** Which version's answers, and between which moments. */
export interface ScoredAsked {
  readonly record: ModelRecord;
  readonly from: Instant;
  readonly until: Instant;
}

/**
 * Reads a version's answers between two moments, in the background.
 *
 * @param reading Whose log.
 * @param asked The version, and from when until when.
 * @returns The latest answer in the sample for each set of entities, and what all answers
 * come to: exactly where all were read, else reckoned from the share that was.
 */
export async function readScored(
  { log, tenant, restMs = REST_MS }: ScoredReading,
  asked: ScoredAsked,
): Promise<ScoredWindow> {
  const { from, until } = asked;
  const last = (await log.head(tenant))?.seq ?? 0;
  const place = await findPlace(log, tenant, { from, last });
  const [first] = await log.read(tenant, place, 1);
  const range = { after: (first?.seq ?? last + 1) - 1, upTo: last };
  const { rows, answers, moneyMicros, share } = await sample(
    ...[{ log, tenant, restMs }, asked, range] as const,
  );
  const begun = Math.max(Date.parse(from), Date.parse(first?.at ?? from));
  const days = Math.max((Date.parse(until) - begun) / DAY_MS, 1);
  return {
    from,
    until,
    rows,
    answers: Math.round(answers / share),
    moneyMicrosPerDay: moneyMicros / share / days,
  };
}

/** What was seen of a version, and the share of the range that was looked at, (0, 1]. */
async function sample(
  reading: BesideReading,
  { record, from, until }: ScoredAsked,
  range: ChainRange,
) {
  const latest = new Map<string, ScoredRow>();
  const seen = { answers: 0, moneyMicros: 0, share: 1 };
  const mostShare = MOST_READ / (range.upTo - range.after);
  const isWanted = ({ at }: LoggedRecord) => at >= from && at < until;
  for await (const { rows, share } of sampleBeside(reading, range)) {
    for (const decided of parseDecisions(rows.filter(isWanted))) {
      const row = scoredRow(record, decided);
      if (row === null) continue;
      seen.answers++;
      seen.moneyMicros += row.scored.moneyMicros;
      const known = latest.get(row.key);
      if (known === undefined || known.at <= row.scored.at) {
        latest.set(row.key, row.scored);
      }
    }
    seen.share = share;
    if (seen.answers >= ENOUGH_ANSWERS || share >= mostShare) break;
  }
  return { ...seen, rows: [...latest.values()] };
}

function scoredRow(
  record: ModelRecord,
  { request, decision }: DecisionRecord,
): { readonly key: string; readonly scored: ScoredRow } | null {
  if (decision.modelVersion !== printModelRef(record)) return null;
  const score = watchedScore(record, decision);
  if (score === null) return null;
  return {
    key: JSON.stringify(request.entities),
    scored: {
      at: decision.at,
      values: record.schema.inputs.map(({ name }) =>
        decision.features[name]?.value ?? null
      ),
      score,
      moneyMicros: moneyOf(decision),
    },
  };
}

/** Of actions that of doing nothing, which does not depend on what was chosen. */
function watchedScore(
  { use }: ModelRecord,
  { score, actions }: DecisionRecord["decision"],
): number | null {
  if (use.kind !== "action") return score;
  return actions.find(({ action }) => action === use.control)?.score ?? null;
}

function moneyOf(
  { recommendation, actions }: DecisionRecord["decision"],
): number {
  if (recommendation.kind === "bid") return recommendation.bidMicros;
  const { action } = recommendation;
  return Math.max(
    0,
    actions.find((one) => one.action === action)?.worthMicros ?? 0,
  );
}
