/**
 * Why a decision was taken: what moved the score, which rules spoke, and on which
 * rung it stands, read off a replay of the logged decision.
 *
 * Where the model can be taken apart (trees, linear), a feature's effect is what it
 * adds to the log odds, and effects add up. Elsewhere it is the score less the score
 * with that feature at its typical value, all others as they were; those effects
 * need not add up, as features act together.
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
import type { AppliedRule, Effect } from "../domain/verdict.ts";
import type { Scorer } from "../scores/scorer.ts";
import { type Attribution, findReasons } from "./reasons.ts";
import { type ExplainedVerdict, explainVerdicts } from "./explain_verdicts.ts";
import { withFacts } from "./grounds.ts";
import { recordedGrounds, replayOn, type ReplayScope } from "./replay.ts";

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
  /** What it adds, in the unit of the explanation's attribution. */
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
  /** How the contributions were found; null when no model answered. */
  readonly attribution: Attribution | null;
  /** Strongest first; those without effect are left out. */
  readonly contributions: readonly Contribution[];
  readonly applied: readonly AppliedRule[];
  /** What the policies said to each action weighed, or to the bid. */
  readonly verdicts: readonly ExplainedVerdict[];
  readonly policySet: string;
  /** Whether the replay it is read off equals the logged decision. */
  readonly same: boolean;
}

/** Explains a recorded decision. */
export async function explainRecord(
  scope: ReplayScope,
  record: DecisionRecord,
): Promise<Explanation> {
  const grounds = await recordedGrounds(scope, record);
  const { same, logged } = replayOn(grounds, record);
  const { modelVersion } = logged;
  const scorer = modelVersion === null
    ? null
    : await scope.scores.version(record.tenant, parseModelRef(modelVersion));
  const { attribution, contributions } = scorer === null
    ? UNWEIGHED
    : await weigh(scorer, logged);
  const { recommendation, rung, falls, score, applied, policySet } = logged;
  return {
    decisionId: logged.id,
    summary: summarize(logged, contributions),
    recommendation,
    rung,
    falls,
    modelVersion,
    score,
    attribution,
    contributions,
    applied,
    verdicts: explainVerdicts(withFacts(grounds)),
    policySet,
    same,
  };
}

type Weighed = Pick<Explanation, "attribution" | "contributions">;

const UNWEIGHED: Weighed = { attribution: null, contributions: [] };

async function weigh(
  scorer: Scorer,
  { features, recommendation }: Decision,
): Promise<Weighed> {
  const { inputs } = scorer.record.schema;
  const action = recommendation.kind === "action"
    ? recommendation.action
    : null;
  const values = inputs.map(({ name }) => features[name]?.value ?? null);
  const row: EncodingRow = { values, action };
  const rows = [
    row,
    ...inputs.map(({ typical }, place) => ({
      values: values.with(place, typical),
      action,
    })),
  ];
  const scores = await scorer.score(rows);
  const score = scores[0] ?? 0;
  const reasons = await findReasons(scorer, row, score);
  const contributions = inputs.map(({ name, typical }, place) => {
    const scoreAtTypical = scores[place + 1] ?? score;
    const value = values[place] ?? null;
    const status = features[name]?.status ?? "missing";
    const effect = reasons?.effects[place] ?? score - scoreAtTypical;
    return { feature: name, value, status, typical, scoreAtTypical, effect };
  }).filter(({ effect }) => effect !== 0)
    .sort((a, b) =>
      Math.abs(b.effect) - Math.abs(a.effect) ||
      (a.feature < b.feature ? -1 : 1)
    );
  return { attribution: reasons?.attribution ?? REPLACED, contributions };
}

const REPLACED: Attribution = {
  method: "replace_typical",
  unit: "score",
  base: null,
};

function summarize(
  decision: Decision,
  contributions: readonly Contribution[],
): string {
  return [
    `${recommend(decision)}, ${stand(decision)}.`,
    ...pacing(decision),
    ...shading(decision),
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

function pacing({ pacing, recommendation }: Decision): string[] {
  if (!pacing || recommendation.kind !== "bid") return [];
  const { budget, unit, value, multiplier, worthMicros, refusal } = pacing;
  if (multiplier === null) {
    return refusal ? [`Budget ${budget} lets nothing go (${refusal}).`] : [];
  }
  const money = (micros: number) =>
    `${
      decimalFromMicros(BigInt(Math.round(micros)), 2)
    } ${recommendation.currency}`;
  const wants = unit === "micros"
    ? `wants ${print(multiplier)} of value for each unit spent, so a value of ${
      money(value)
    } is worth ${money(worthMicros)}`
    : `pays ${money(1 / multiplier)} for an outcome, so ${
      print(value)
    } of one is worth ${money(worthMicros)}`;
  const kept = refusal ? `, and nothing so large is free (${refusal})` : "";
  return [`Budget ${budget} ${wants}${kept}.`];
}

function shading({ shading }: Decision): string[] {
  if (!shading) return [];
  const { landscape, worthMicros, bidMicros, winChance, outcome } = shading;
  const worth = decimalFromMicros(BigInt(worthMicros), 2);
  if (outcome !== "shaded") {
    return [`It is not shaded by ${landscape}: ${outcome}.`];
  }
  return [
    `It is worth ${worth}, and ${landscape} gives a bid of ${
      decimalFromMicros(BigInt(bidMicros), 2)
    } a chance of ${print(winChance ?? 0)}.`,
  ];
}

/** In the score, which everybody reads, whatever unit the effects are counted in. */
function sayContribution(one: Contribution): string {
  const { feature, value, typical, scoreAtTypical } = one;
  return `${feature} is ${orUnknown(value)}; were it ${
    orUnknown(typical)
  }, as is typical, the score would be ${print(scoreAtTypical)}.`;
}

function orUnknown(value: FeatureValue): string {
  return value === null ? "unknown" : print(value);
}

function falls({ falls }: Decision): string[] {
  return falls.map(({ from, cause }) =>
    cause.startsWith("limits: ")
      ? `What limits have counted was not known (${cause}).`
      : `The ${from} did not hold: ${cause}.`
  );
}

const EFFECTS = {
  deny: "denied",
  cap: "capped",
  floor: "raised",
  adjust: "adjusted",
  prioritise: "put it before or after others",
  review: "asks a person first",
  limit: "limited",
} as const;

/** Effects that say something whatever becomes of the amount. */
const SPEAKING: ReadonlySet<Effect> = new Set([
  "deny",
  "prioritise",
  "review",
  "limit",
]);

function rules({ applied }: Decision): string[] {
  return applied
    .filter(({ effect, beforeMicros, afterMicros }) =>
      SPEAKING.has(effect) || beforeMicros !== afterMicros
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
