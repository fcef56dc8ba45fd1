/**
 * What this node sees of models on trial, counted until it is taken; and whether it saw
 * one go ill, so that it stops using it by itself, whatever the database says.
 *
 * @module
 */
import {
  addCounts,
  type ArmCounts,
  type DecisionTrial,
  NOTHING_SEEN,
  type TrialArm,
  type TrialCounts,
  type TrialGuardrails,
  type TrialStage,
} from "../../domain/model_trial.ts";
import type { Scorer } from "../scorer.ts";
import type { RowScores } from "../session.ts";
import { findTrialBreach } from "./guardrails.ts";

/** Stages that are remembered; those not seen for longest are forgotten. */
const MOST_STAGES = 256;

/** What is seen of one stage. */
export interface StageTally {
  /** Why this node stopped using the version on trial; null while it uses it. */
  readonly stopped: string | null;
  /** Scores as before; what it says is counted. */
  count(arm: TrialArm, score: Scorer["score"]): Scorer["score"];
  /** As `count`, for what nobody waits for. */
  countAside(score: Scorer["score"]): Scorer["score"];
}

/** What was seen of a stage since it was last taken. */
export interface SeenTrial {
  readonly stage: TrialStage;
  readonly counts: TrialCounts;
  readonly guardrails: TrialGuardrails;
  readonly stopped: string | null;
}

/** What a decision on trial came to. */
export interface DecidedOnTrial {
  /** Whether the version of its side owes the answer. */
  readonly unscored: boolean;
  /** Whether a policy denied anything of it. */
  readonly denied: boolean;
  /** What it bids or costs, micros. */
  readonly spendMicros: number;
}

/** Counts. */
export interface TrialTally {
  /** Starts counting a stage, or goes on. */
  open(stage: TrialStage, guardrails: TrialGuardrails): StageTally;
  /** Counts a decision of a canary; of one that is not counted here, nothing. */
  decided(tenant: string, trial: DecisionTrial, seen: DecidedOnTrial): void;
  /** What was seen since it was last taken, and what was stopped here. */
  take(): readonly SeenTrial[];
  /** Gives back what could not be kept. */
  giveBack(seen: SeenTrial): void;
  /** Ends counting a stage that is over. */
  close(stage: TrialStage): void;
  /** What was seen here since this process started. */
  all(): readonly Pick<SeenTrial, "stage" | "counts" | "stopped">[];
}

/** Starts with nothing seen. */
export function createTrialTally(): TrialTally {
  const stages = new Map<string, OpenStage>();
  return {
    open(stage, guardrails) {
      const key = keyOf(stage);
      const known = stages.get(key) ?? openStage(stage);
      known.guardrails = guardrails;
      stages.delete(key);
      stages.set(key, known);
      for (const oldest of stages.keys()) {
        if (stages.size > MOST_STAGES) stages.delete(oldest);
      }
      return known.tally;
    },
    decided(tenant, { arm, ...trial }, { unscored, denied, spendMicros }) {
      const stage = stages.get(keyOf({ tenant, ...trial, stage: "canary" }));
      stage?.add(arm, {
        ...NOTHING_SEEN,
        decisions: 1,
        denied: Number(denied),
        spend: spendMicros,
        spendSquares: spendMicros * spendMicros,
        asked: 1,
        unscored: Number(unscored),
      });
    },
    take: () => [...stages.values()].flatMap((stage) => stage.take()),
    giveBack: ({ stage, counts }) => stages.get(keyOf(stage))?.giveBack(counts),
    close: (stage) => void stages.delete(keyOf(stage)),
    all: () =>
      [...stages.values()].map(({ stage, all, tally: { stopped } }) => ({
        ...{ stage, stopped },
        counts: all,
      })),
  };
}

function keyOf(
  { tenant, change, cycle, stage }: Omit<TrialStage, "name">,
): string {
  return JSON.stringify([tenant, change, cycle, stage]);
}

const NOTHING: TrialCounts = {
  champion: NOTHING_SEEN,
  challenger: NOTHING_SEEN,
};

type OpenStage = ReturnType<typeof openStage>;

function openStage(stage: TrialStage) {
  let stopped: string | null = null;
  let fresh = NOTHING;
  const open = {
    stage,
    all: NOTHING,
    guardrails: null as TrialGuardrails | null,
    add(arm: TrialArm, more: ArmCounts): void {
      fresh = { ...fresh, [arm]: addCounts(fresh[arm], more) };
      open.all = { ...open.all, [arm]: addCounts(open.all[arm], more) };
      if (arm !== "challenger" || open.guardrails === null) return;
      stopped ??= findTrialBreach(open.guardrails, open.all);
    },
    take(): readonly SeenTrial[] {
      const { guardrails } = open;
      const counts = fresh;
      fresh = NOTHING;
      const silent = counts === NOTHING && stopped === null;
      if (silent || guardrails === null) return [];
      return [{ stage, counts, guardrails, stopped }];
    },
    giveBack(counts: TrialCounts): void {
      fresh = {
        champion: addCounts(fresh.champion, counts.champion),
        challenger: addCounts(fresh.challenger, counts.challenger),
      };
    },
    tally: {
      get stopped() {
        return stopped;
      },
      count: (arm: TrialArm, score: Scorer["score"]) =>
        timed(score, (seen, ms) => {
          const slow = ms >= (open.guardrails?.slowMs ?? Infinity);
          open.add(arm, { ...seen, timed: 1, slow: Number(slow) });
        }),
      countAside: (score: Scorer["score"]) =>
        owing(score, (seen) => open.add("challenger", seen)),
    },
  };
  return open;
}

/** Scores as before, and tells what was said and how long it took. */
function timed(
  score: Scorer["score"],
  tell: (seen: ArmCounts, ms: number) => void,
): Scorer["score"] {
  return async (rows) => {
    const begun = performance.now();
    const scores = await score(rows);
    tell(rangeOf(scores), performance.now() - begun);
    return scores;
  };
}

/** Scores as before, and tells what was said and what is owed. */
function owing(
  score: Scorer["score"],
  tell: (seen: ArmCounts) => void,
): Scorer["score"] {
  return async (rows) => {
    const asked = rows.length;
    try {
      const scores = await score(rows);
      const seen = rangeOf(scores);
      tell({ ...seen, asked, unscored: asked - seen.rows });
      return scores;
    } catch (error) {
      tell({ ...NOTHING_SEEN, asked, unscored: asked });
      throw error;
    }
  };
}

/** Rows, and the least and the most that was said of them; what is no number is none of them. */
function rangeOf(scores: RowScores): ArmCounts {
  const known = [...scores].filter(Number.isFinite);
  return {
    ...NOTHING_SEEN,
    rows: known.length,
    low: known.length === 0 ? null : known.reduce((a, b) => Math.min(a, b)),
    high: known.length === 0 ? null : known.reduce((a, b) => Math.max(a, b)),
  };
}
