/**
 * Versions as decisions have them: kept from being asked while they hang or fail, compared
 * with those that score beside, and counted while another is on trial.
 *
 * @module
 */
import { whenThere } from "../domain/soon.ts";
import type { Guards } from "../ports/dependencies.ts";
import type { BesideQueue } from "./beside.ts";
import type { OpenedChampion } from "./in_charge.ts";
import type { Scorer } from "./scorer.ts";
import type { OpenedTrial } from "./trial/on_trial.ts";

/** Longest that a model may take to score the candidates of a decision. */
const SCORE_MS = 250;

/** What keeps decisions from a model that hangs or fails; nothing unless given. */
export interface Guarding {
  readonly guards?: Pick<Guards, "of">;
}

/** Readies those in charge, once for as long as they are. */
export function createAtWork(scope: Guarding, beside: BesideQueue) {
  const made = new WeakMap<OpenedChampion, OpenedChampion>();
  return (tenant: string, opened: OpenedChampion): OpenedChampion => {
    const known = made.get(opened);
    if (known !== undefined) return known;
    const { champion, previous, trial = null } = opened;
    const shown = offered(beside, tenant, guarded(scope, champion));
    const working = {
      champion: countedOn(trial, shown),
      previous: previous && guarded(scope, previous),
      trial,
    };
    made.set(opened, working);
    return working;
  };
}

/** A scorer that is not asked for a while after it hung or failed. */
export function guarded({ guards }: Guarding, scorer: Scorer): Scorer {
  const guard = guards?.of("onnx", scorer.record.artifactHash);
  return guard === undefined ? scorer : {
    ...scorer,
    score: (rows) => guard.run(() => scorer.score(rows), SCORE_MS),
  };
}

/** A champion whose scores are offered for comparison. */
function offered(
  beside: BesideQueue,
  tenant: string,
  champion: Scorer,
): Scorer {
  const { record } = champion;
  return {
    ...champion,
    score: (rows) =>
      whenThere(champion.score(rows), (scores) => {
        beside.offer({ tenant, record, rows, scores });
        return scores;
      }),
  };
}

/** A champion beside which another decides is counted as that is. */
function countedOn(trial: OpenedTrial | null, champion: Scorer): Scorer {
  if (trial?.stage !== "canary") return champion;
  return { ...champion, score: trial.tally.count("champion", champion.score) };
}
