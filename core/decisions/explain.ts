/**
 * Why a decision was taken: what moved the score, which rules spoke, and on which
 * rung it stands, read off a replay of the logged decision.
 *
 * A feature's effect is the score less the score with that feature at its typical
 * value, all others as they were. Effects need not add up: features act together.
 *
 * @module
 */
import type {
  Decision,
  DecisionRecord,
  Recommendation,
  Rung,
  RungFall,
} from "../domain/decision.ts";
import type { EncodingRow } from "../domain/encoding.ts";
import type { FeatureStatus, FeatureValue } from "../domain/feature.ts";
import { decimalFromMicros } from "../domain/money.ts";
import { parseModelRef } from "../domain/score.ts";
import type { AppliedRule } from "../domain/verdict.ts";
import type { Scorer } from "../scores/scores.ts";
import { replayRecord, type ReplayScope } from "./replay.ts";

/** What one feature did to the score. */
export interface Contribution {
  /** Feature id. */
  readonly feature: string;
  readonly value: FeatureValue;
  readonly status: FeatureStatus;
  /** Its typical value in training. */
  readonly typical: FeatureValue;
  /** Score with the typical value in its place. */
  readonly scoreAtTypical: number;
  /** Score less that. */
  readonly effect: number;
}

/** Why a decision was taken. */
export interface Explanation {
  readonly decisionId: string;
  /** A few sentences in plain words. */
  readonly summary: string;
  readonly recommendation: Recommendation;
  readonly rung: Rung;
  readonly falls: readonly RungFall[];
  readonly modelVersion: string | null;
  /** Score of what is recommended; null when no model answered. */
  readonly score: number | null;
  /** Strongest first; those without effect are left out. */
  readonly contributions: readonly Contribution[];
  readonly applied: readonly AppliedRule[];
  readonly policySet: string;
  /** Whether the replay it is read off equals the logged decision. */
  readonly same: boolean;
}

/** Explains a recorded decision. */
export async function explainRecord(
  scope: ReplayScope,
  record: DecisionRecord,
): Promise<Explanation> {
  const { same, logged } = await replayRecord(scope, record);
  const { modelVersion } = logged;
  const scorer = modelVersion === null
    ? null
    : await scope.scores.version(record.tenant, parseModelRef(modelVersion));
  const contributions = scorer === null ? [] : await weigh(scorer, logged);
  const { recommendation, rung, falls, score, applied, policySet } = logged;
  return {
    decisionId: logged.id,
    summary: summarize(logged, contributions),
    recommendation,
    rung,
    falls,
    modelVersion,
    score,
    contributions,
    applied,
    policySet,
    same,
  };
}

async function weigh(
  scorer: Scorer,
  { features, recommendation }: Decision,
): Promise<Contribution[]> {
  const { inputs } = scorer.record.schema;
  const action = recommendation.kind === "action"
    ? recommendation.action
    : null;
  const values = inputs.map(({ name }) => features[name]?.value ?? null);
  const rows: EncodingRow[] = [
    { values, action },
    ...inputs.map(({ typical }, place) => ({
      values: values.with(place, typical),
      action,
    })),
  ];
  const scores = await scorer.score(rows);
  const score = scores[0] ?? 0;
  return inputs.map(({ name, typical }, place) => {
    const scoreAtTypical = scores[place + 1] ?? score;
    const value = values[place] ?? null;
    const status = features[name]?.status ?? "missing";
    const effect = score - scoreAtTypical;
    return { feature: name, value, status, typical, scoreAtTypical, effect };
  }).filter(({ effect }) => effect !== 0)
    .sort((a, b) =>
      Math.abs(b.effect) - Math.abs(a.effect) ||
      (a.feature < b.feature ? -1 : 1)
    );
}

function summarize(
  decision: Decision,
  contributions: readonly Contribution[],
): string {
  return [
    `${recommend(decision)}, ${stand(decision)}.`,
    ...contributions.slice(0, 2).map(sayContribution),
    ...falls(decision),
    ...rules(decision),
  ].join(" ");
}

function recommend({ recommendation }: Decision): string {
  if (recommendation.kind === "action") {
    return `Recommended "${recommendation.action}"`;
  }
  const { bidMicros, currency } = recommendation;
  return bidMicros === 0
    ? "Recommended no bid"
    : `Recommended a bid of ${
      decimalFromMicros(BigInt(bidMicros), 2)
    } ${currency}`;
}

function stand({ score, modelVersion, rung }: Decision): string {
  if (score === null) {
    return rung === "static_rule"
      ? "the declared default, as no model answered"
      : "as no model is known";
  }
  return `as ${modelVersion} scores it ${print(score)}`;
}

function sayContribution(one: Contribution): string {
  const value = one.value === null ? "unknown" : print(one.value);
  const typical = one.typical === null ? "unknown" : print(one.typical);
  const moved = one.effect > 0 ? "raises" : "lowers";
  return `${one.feature} is ${value} (typical: ${typical}), which ${moved} the score by ${
    print(Math.abs(one.effect))
  }.`;
}

function falls({ falls }: Decision): string[] {
  return falls.map(({ from, cause }) => `The ${from} did not hold: ${cause}.`);
}

const EFFECTS = {
  deny: "denied",
  cap: "capped",
  floor: "raised",
  adjust: "adjusted",
} as const;

function rules({ applied }: Decision): string[] {
  return applied
    .filter(({ effect, beforeMicros, afterMicros }) =>
      effect === "deny" || beforeMicros !== afterMicros
    )
    .map(({ rule, effect, reason }) =>
      `${rule} ${EFFECTS[effect]}: ${reason}.`
    );
}

function print(value: string | number): string {
  return typeof value === "number"
    ? String(Number(value.toPrecision(4)))
    : `"${value}"`;
}
