/**
 * Who is on trial beside a champion: found by what was agreed, and loaded before anybody
 * asks them.
 *
 * @module
 */
import { textOf } from "../../domain/canonical.ts";
import type { Change } from "../../domain/change.ts";
import {
  parseModelContent,
  printModelSubject,
} from "../../domain/model_role.ts";
import { GUARDRAILS, type TrialStage } from "../../domain/model_trial.ts";
import { type ModelRecord, printModelRef } from "../../domain/score.ts";
import type { GovernanceStore } from "../../ports/governance.ts";
import type { ModelRegistry } from "../../ports/models.ts";
import type { Beside } from "../beside.ts";
import type { NamedModel, Open } from "../in_charge.ts";
import { type OpenedScorer, type Scorer, unavailable } from "../scorer.ts";
import type { StageTally, TrialTally } from "./tally.ts";

/** Where trials are found, and counted. */
export interface TrialScope {
  readonly governance: Pick<GovernanceStore, "active" | "find" | "load">;
  readonly tally: TrialTally;
}

/** A version on trial. */
export interface OpenedTrial extends TrialStage {
  /** Share that it decides for, thousandths; 0 in shadow. */
  readonly permille: number;
  /** Scores, or fails where it could not be loaded: that is for its guardrails to see. */
  readonly challenger: OpenedScorer;
  readonly tally: StageTally;
  /** Has it score for the first time, uncounted. */
  warm(first: (scorer: Scorer) => Promise<void>): Promise<void>;
}

/** Finds and loads who is on trial; null if nobody is. */
export async function findOnTrial(
  { governance, tally }: TrialScope,
  models: Pick<ModelRegistry, "find">,
  { tenant, name, open }: NamedModel & { readonly open: Open },
): Promise<OpenedTrial | null> {
  const subject = printModelSubject({ name, alias: "champion" });
  const { trial } = await governance.active(tenant, subject);
  if (trial === null) return null;
  const [text, change] = await Promise.all([
    governance.load(trial.content),
    governance.find(tenant, trial.change),
  ]);
  const version = parseModelContent(textOf(trial.content, text) ?? "");
  const record = version === null
    ? null
    : await models.find(tenant, { name, version });
  if (record === null || change === null) return null;
  const { cycle, stage, permille } = trial;
  const of = { tenant, name, change: trial.change, cycle, stage };
  const counted = tally.open(of, guardrailsOf(change));
  const opened = await open(tenant, record).catch(() => failing(record));
  return {
    ...{ ...of, permille, tally: counted },
    warm: (first) => first(opened),
    challenger: {
      ...opened,
      score: counted.count("challenger", opened.score),
      scoreAside: counted.countAside(opened.scoreAside),
    },
  };
}

/** A version on trial among those beside the champion; once, whatever its role. */
export function withTrial(
  beside: readonly Beside[],
  trial: OpenedTrial | null,
): readonly Beside[] {
  if (trial === null || trial.tally.stopped !== null) return beside;
  const { stage, challenger: { record, scoreAside } } = trial;
  const others = beside.filter((one) => one.record.version !== record.version);
  const alias = stage === "shadow" ? "shadow" : "challenger";
  return [...others, { alias, record, score: scoreAside }];
}

function guardrailsOf({ rollout }: Change) {
  return rollout.guardrails ?? GUARDRAILS;
}

/** A version that cannot be loaded is asked all the same, and owes the answer. */
function failing(record: ModelRecord): OpenedScorer {
  const fail = () =>
    Promise.reject(unavailable(printModelRef(record), "it cannot be loaded"));
  return { record, score: fail, scoreAside: fail, artifact: fail };
}
