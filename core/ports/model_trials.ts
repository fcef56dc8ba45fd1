/**
 * What models on trial were seen to do, and what came of it, counted by all nodes together.
 *
 * @module
 */
import type { LiftSums } from "../domain/confidence_sequence.ts";
import type { Instant } from "../domain/day.ts";
import type {
  DecisionTrial,
  TrialArm,
  TrialCounts,
  TrialStage,
} from "../domain/model_trial.ts";

/** One round of a trial. */
export interface TrialRound extends Omit<DecisionTrial, "arm"> {
  readonly tenant: string;
}

/** People of one side whose window is over. */
export interface ArmOutcomes {
  readonly people: number;
  /** What came of them, each cut to the most. */
  readonly total: number;
}

/** The difference as it was known at a moment; in the unit of the measure. */
export interface TrialPoint {
  readonly at: Instant;
  /** People whose window was over. */
  readonly people: number;
  readonly difference: number;
  readonly low: number;
  readonly high: number;
}

/** How far the outcomes of a trial are read. */
export interface TrialProgress {
  /** Place in the decision log up to which it is read. */
  readonly place: number;
  readonly sums: LiftSums;
  readonly arms: Readonly<Record<TrialArm, ArmOutcomes>>;
  /** How the difference came about, oldest first; a few hundred at most. */
  readonly points: readonly TrialPoint[];
}

/** Somebody on trial, by the hash of who it is. */
export interface TrialPerson {
  readonly person: string;
  readonly arm: TrialArm;
  /** Their first decision on trial. */
  readonly at: Instant;
}

/** What came of somebody's decisions. */
export interface ToldOutcome {
  readonly person: string;
  readonly at: Instant;
  readonly value: number;
}

/** Somebody whose window is over. */
export interface MaturePerson {
  readonly person: string;
  readonly arm: TrialArm;
  readonly value: number;
}

/** What is kept at once, or not at all. */
export interface TrialAdvance {
  /** As it was read; null at the beginning. */
  readonly from: TrialProgress | null;
  readonly to: TrialProgress;
  /** Who is on trial from now on; those that are already stay as they are. */
  readonly entered: readonly TrialPerson[];
  /** What came of them; what is outside of their window is left out. */
  readonly told: readonly ToldOutcome[];
  /** Length of the window, milliseconds. */
  readonly windowMs: number;
  /** Who is counted from now on. */
  readonly counted: readonly string[];
}

/** Counts and outcomes of trials. */
export interface ModelTrialStore {
  /** Adds what one node has seen of a stage. */
  add(stage: TrialStage, counts: TrialCounts): Promise<void>;
  /** What all have seen of it; zeros if nothing. */
  seen(stage: TrialStage): Promise<TrialCounts>;
  progress(round: TrialRound): Promise<TrialProgress | null>;
  /** @returns False with nothing kept, if another node came before. */
  advance(round: TrialRound, step: TrialAdvance): Promise<boolean>;
  /** Those whose window began before a moment and who are not counted, in a fixed order. */
  mature(
    round: TrialRound,
    before: Instant,
    limit: number,
  ): Promise<readonly MaturePerson[]>;
  /** Rounds that are begun and not closed, of all tenants. */
  open(): Promise<readonly TrialRound[]>;
  /** Ends a round: who was on trial is forgotten, what it came to stays. */
  close(round: TrialRound): Promise<void>;
}
