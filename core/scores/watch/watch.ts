/**
 * Whether a version that serves still does what it was approved for: its inputs and
 * score are spread as where it was measured, its chances come true, and it does as
 * well on labels as it did then. What is found is named, sized, and put in money.
 *
 * A version is looked at once a day. False alarms: at most one version in twenty and
 * month, for each of the four questions, if nothing changed.
 *
 * @module
 */
import type { Interval, ModelEvidence } from "../../domain/evidence.ts";
import type { ModelRecord } from "../../domain/score.ts";
import { type CalibrationCheck, checkCalibration } from "./calibration.ts";
import { type Estimated, estimatePerformance } from "./estimate.ts";
import type { ScoredWindow } from "./scored.ts";
import { findShifts } from "./spread.ts";

/** Of one question at one of thirty looks a month. */
const FALSE_ALARMS = 0.05 / 30;
const MICROS = 1_000_000;

/** Rows whose time for an outcome is over, scored by the version. */
export interface LabelledScores {
  readonly label: Float64Array;
  readonly score: Float64Array;
  /** Measures of these rows, as in training, with 90 % intervals. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly intervals: Readonly<Record<string, Interval>>;
}

/** Something that is not as it was. */
export interface WatchFinding {
  /** Which question. */
  readonly what: "input" | "score" | "calibration" | "performance";
  /** Input or metric concerned. */
  readonly name: string;
  /** How large, in the unit that the detail names. */
  readonly size: number;
  /** Money a day that answers on it move, micros; 0 if not known. */
  readonly atRiskMicrosPerDay: number;
  /** In one line. */
  readonly detail: string;
}

/** What a look at a version found. */
export interface WatchReport {
  /** Different entities of which an answer was looked at. */
  readonly rows: number;
  /** All answers in the window; reckoned from a sample of a busy version. */
  readonly answers: number;
  /** Rows with labels that were looked at. */
  readonly labelled: number;
  readonly moneyMicrosPerDay: number;
  readonly findings: readonly WatchFinding[];
  /** What labels will say of the latest answers, if chances hold; null for numbers. */
  readonly estimated: Estimated | null;
  /** Null without labels. */
  readonly calibration: CalibrationCheck | null;
  /** Measures on labels that came since; empty without. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** What a version is judged by. */
export interface WatchGrounds {
  readonly record: ModelRecord;
  readonly evidence: ModelEvidence;
  readonly window: ScoredWindow;
  /** Null while none are there. */
  readonly labelled: LabelledScores | null;
}

/**
 * Judges a version.
 *
 * @param grounds What it answered, and what came of it.
 * @returns Findings, the most money first.
 */
export function watchModel(grounds: WatchGrounds): WatchReport {
  const { record, window, labelled } = grounds;
  const isChance = record.unit === "probability";
  const calibration = isChance && labelled !== null
    ? checkCalibration(labelled.score, labelled.label, FALSE_ALARMS)
    : null;
  const findings = [
    ...shiftFindings(grounds),
    ...calibrationFindings(calibration, window),
    ...performanceFindings(grounds),
  ].sort((a, b) => b.atRiskMicrosPerDay - a.atRiskMicrosPerDay);
  return {
    rows: window.rows.length,
    answers: window.answers,
    labelled: labelled?.label.length ?? 0,
    moneyMicrosPerDay: window.moneyMicrosPerDay,
    findings,
    estimated: isChance && window.rows.length > 0
      ? estimatePerformance(
        Float64Array.from(window.rows, ({ score }) => score),
      )
      : null,
    calibration,
    metrics: labelled?.metrics ?? {},
  };
}

function shiftFindings(
  { record, evidence, window }: WatchGrounds,
): WatchFinding[] {
  const { reference, importance } = evidence;
  if (reference === null) return [];
  const places = new Map(
    record.schema.inputs.map(({ name }, place) => [name, place]),
  );
  const inputs = reference.inputs.flatMap((column) => {
    const place = places.get(column.name);
    return place === undefined ? [] : [{
      reference: column,
      values: window.rows.map(({ values }) => values[place] ?? null),
    }];
  });
  const scores = {
    reference: { ...reference.score, name: "score" },
    values: window.rows.map(({ score }) => score),
  };
  const shares = new Map(importance.map(({ name, share }) => [name, share]));
  const found = (
    what: "input" | "score",
    columns: Parameters<typeof findShifts>[0],
  ) =>
    findShifts(columns, FALSE_ALARMS).map((
      { name, index, moved },
    ): WatchFinding => {
      const weight = what === "score" ? 1 : shares.get(name) ?? 1;
      return {
        what,
        name,
        size: index,
        atRiskMicrosPerDay: window.moneyMicrosPerDay * moved * weight,
        detail: `${
          what === "score" ? "the score" : name
        } is spread otherwise than where the model was measured: ${
          percent(moved)
        } of the answers lie elsewhere (stability index ${round(index)})`,
      };
    });
  return [...found("input", inputs), ...found("score", [scores])];
}

function calibrationFindings(
  check: CalibrationCheck | null,
  { moneyMicrosPerDay }: ScoredWindow,
): WatchFinding[] {
  if (check === null || !check.drifted) return [];
  const { ratio, rows } = check;
  return [{
    what: "calibration",
    name: "calibration",
    size: ratio,
    atRiskMicrosPerDay: moneyMicrosPerDay * Math.min(Math.abs(1 - ratio), 1),
    detail: `chances no longer come true: ${
      round(ratio)
    } outcomes for each one expected, over ${rows} rows`,
  }];
}

/** A metric is worse if chance makes so large a loss in few looks only. */
function performanceFindings(
  { record, evidence, labelled, window }: WatchGrounds,
): WatchFinding[] {
  if (labelled === null) return [];
  return WATCHED.flatMap((metric) => {
    const before = record.metrics[metric];
    const now = labelled.metrics[metric];
    if (now === undefined || before === undefined) return [];
    const error = Math.hypot(
      errorOf(evidence.intervals[metric]),
      errorOf(labelled.intervals[metric]),
    );
    if (!(before - now > FAR * error)) return [];
    return [{
      what: "performance" as const,
      name: metric,
      size: now - before,
      atRiskMicrosPerDay: window.moneyMicrosPerDay *
        Math.min((before - now) / Math.abs(before), 1),
      detail: `${metric} is ${round(now)} on labels that came since, and was ${
        round(before)
      } when the model was measured`,
    }];
  });
}

/** Standard error that a 90 % interval tells; infinite without one. */
function errorOf(interval: Interval | undefined): number {
  if (interval === undefined) return Infinity;
  return (interval[1] - interval[0]) / (2 * HALF_WIDTH);
}

/** Half of a 90 % interval in standard errors. */
const HALF_WIDTH = 1.645;
/** Standard errors that chance exceeds, to one side, in 0.05 / 30 of all looks. */
const FAR = 2.94;

/** Measures that do not depend on how many outcomes there are; more is better. */
const WATCHED = ["auc", "r2"] as const;

/**
 * Says in one line what was found.
 *
 * @param finding The finding.
 * @returns Detail with the money at risk.
 */
export function printWatchFinding(
  { detail, atRiskMicrosPerDay }: WatchFinding,
): string {
  const money = (atRiskMicrosPerDay / MICROS).toFixed(2);
  return atRiskMicrosPerDay > 0
    ? `${detail}; ${money} a day stand on it`
    : detail;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} percent`;
}

function round(value: number): string {
  return String(Number(value.toPrecision(3)));
}
