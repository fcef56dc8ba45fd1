/**
 * The ladder that a decision stands on: the model on trial for those who are drawn for
 * it, champion, previous champion, static rule, no action. A model that is absent, fails
 * or says nonsense never fails the decision; it costs a rung, and the answer says which
 * and why.
 *
 * @module
 */
import type {
  DecisionFrame,
  DecisionRequest,
  Rung,
  RungFall,
} from "../domain/decision.ts";
import { type Deadline, NO_DEADLINE } from "../domain/deadline.ts";
import { type Stage, type StageClock, UNTIMED } from "../domain/stages.ts";
import type { FeatureReadings } from "../domain/feature.ts";
import type { DecisionTrial } from "../domain/model_trial.ts";
import type { ModelRecord } from "../domain/score.ts";
import { rescued, type Soon, whenThere } from "../domain/soon.ts";
import { causeOf, NO_TIME } from "./fall_cause.ts";
import type { Ladder } from "./ladder.ts";
import { frameOf, type Scored, scoreWith } from "./score_candidates.ts";

/** Where a decision stands. */
export interface Standing {
  readonly rung: Rung;
  readonly falls: readonly RungFall[];
  readonly frame: DecisionFrame;
  /** Null when no model answered. */
  readonly scored: Scored | null;
  /** The side of a trial; absent unless a model decides for a share. */
  readonly trial?: DecisionTrial;
}

/** Readings, and why the store did not answer, or null. */
export interface Read {
  readonly readings: FeatureReadings;
  readonly failure: string | null;
}

/** Where a decision stands, and the features that the model there read. */
export interface ReadStanding extends Standing {
  readonly readings: FeatureReadings;
}

/** Part of the time after which the next rung is tried. */
const RUNG_SHARE = 0.5;

/** How a ladder is climbed down. */
interface Climb {
  readonly request: DecisionRequest;
  /**
   * Reads the features of a model, in the versions that it was trained on; of policies
   * alone for null.
   */
  read(record: ModelRecord | null): Soon<Read>;
  /** From when on no model is asked. */
  readonly deadline?: Deadline;
  /** Hears when a model has read, and has scored. */
  readonly times?: StageClock;
}

/** Stages of the rungs that models score on. */
const SCORING: Readonly<Partial<Record<Rung, Stage>>> = {
  challenger: "score_challenger",
  champion: "score_champion",
  previous: "score_previous",
};

/** Climbs down until a model answers, or to the static rule. */
export function standOn(ladder: Ladder, climb: Climb): Soon<ReadStanding> {
  const { request, read, deadline = NO_DEADLINE, times = UNTIMED } = climb;
  const falls = [...ladder.falls];
  return standFrom(0, ladder, { request, read, deadline, times, falls });
}

/** A climb, and the rungs that were left. */
interface Climbing extends Required<Climb> {
  readonly falls: RungFall[];
}

function standFrom(
  place: number,
  ladder: Ladder,
  climbing: Climbing,
): Soon<ReadStanding> {
  const { request, read, deadline, times, falls } = climbing;
  const step = ladder.rungs[place];
  if (step === undefined) return standBelow(ladder, climbing);
  const { rung, scorer } = step;
  function fall(cause: string): Soon<ReadStanding> {
    falls.push({ from: rung, cause });
    return standFrom(place + 1, ladder, climbing);
  }
  if (deadline.expired) return fall(NO_TIME);
  return whenThere(read(scorer.record), ({ readings, failure }) => {
    times.end("read_features");
    if (failure !== null && !isGiven(scorer.record, readings)) {
      return fall(failure);
    }
    return rescued(
      () => {
        const scoring = scoreWith(scorer, request, readings);
        const inTime = scoring instanceof Promise
          ? deadline.part(RUNG_SHARE).within(scoring)
          : scoring;
        return whenThere(inTime, (scored) => {
          times.end(SCORING[rung] ?? "score_champion");
          const frame = frameOf(scored.record);
          return onSide(ladder, { rung, falls, frame, scored, readings });
        });
      },
      (error) => {
        times.end(SCORING[rung] ?? "score_champion");
        return fall(causeOf(error));
      },
    );
  });
}

/** Whether a caller gave all that a model reads. */
function isGiven({ schema }: ModelRecord, readings: FeatureReadings): boolean {
  return schema.inputs.every(({ name }) => readings[name]?.status === "given");
}

/** Where no model answers. */
function standBelow(
  ladder: Ladder,
  { read, times, falls }: Climbing,
): Soon<ReadStanding> {
  const { frame, rungs: [first] } = ladder;
  const unknown = falls.some(({ from }) => from === "static_rule");
  const rung = unknown ? "no_action" : "static_rule";
  return whenThere(read(first?.scorer.record ?? null), ({ readings }) => {
    times.end("read_features");
    return onSide(ladder, { rung, falls, frame, scored: null, readings });
  });
}

function onSide({ trial }: Ladder, stood: ReadStanding): ReadStanding {
  return trial === undefined ? stood : { ...stood, trial };
}
