/**
 * Reads off the decision log what a version answered lately: its inputs, its score,
 * and the money it moved.
 *
 * @module
 */
import type { DecisionRecord, LoggedRecord } from "../domain/decision.ts";
import { DAY_MS, type Instant } from "../domain/day.ts";
import { type ModelRecord, printModelRef } from "../domain/score.ts";
import type { DecisionLog } from "../ports/decisions.ts";
import type { ScoredRow, ScoredWindow } from "../scores/watch/scored.ts";
import { readBeside } from "./log/records/pages.ts";
import { findPlace } from "./log/records/place.ts";
import { parseDecisions } from "./log/records/record.ts";

/** Rows of different entities that are kept. */
const MOST_ROWS = 20_000;
/** Answers that are read at most, the latest. */
const MOST_READ = 200_000;

/**
 * Reads a version's answers between two moments.
 *
 * @param log The log.
 * @param tenant Whose.
 * @param asked The version, and from when until when.
 * @returns The latest answer for each set of entities, and what all come to.
 */
export async function readScored(
  log: DecisionLog,
  tenant: string,
  { record, from, until }: {
    readonly record: ModelRecord;
    readonly from: Instant;
    readonly until: Instant;
  },
): Promise<ScoredWindow> {
  const last = (await log.head(tenant))?.seq ?? 0;
  const place = await findPlace(log, tenant, { from, last });
  const after = Math.max(place, last - MOST_READ);
  const latest = new Map<string, ScoredRow>();
  let [answers, money] = [0, 0];
  for await (const logged of readUntil(log, tenant, { after, until })) {
    const [decided] = parseDecisions([logged]);
    const row = decided === undefined ? null : scoredRow(record, decided);
    if (row === null) continue;
    answers++;
    money += row.scored.moneyMicros;
    latest.delete(row.key);
    latest.set(row.key, row.scored);
    const [oldest] = latest.keys();
    if (latest.size > MOST_ROWS && oldest !== undefined) latest.delete(oldest);
  }
  const [first] = await log.read(tenant, after, 1);
  const begun = Math.max(Date.parse(from), Date.parse(first?.at ?? from));
  const days = Math.max((Date.parse(until) - begun) / DAY_MS, 1);
  return {
    from,
    until,
    rows: [...latest.values()],
    answers,
    moneyMicrosPerDay: money / days,
  };
}

async function* readUntil(
  log: DecisionLog,
  tenant: string,
  { after, until }: { readonly after: number; readonly until: Instant },
): AsyncGenerator<LoggedRecord> {
  for await (const page of readBeside(log, tenant, after)) {
    for (const row of page) {
      if (row.at >= until) return;
      yield row;
    }
  }
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
