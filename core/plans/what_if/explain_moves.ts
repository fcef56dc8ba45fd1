/**
 * Why each entity gets more or less than before, in a sentence.
 *
 * What decides is what the units that move bring each, against what a unit must
 * bring: the shadow price of the budget and of the entity's groups. Where that
 * does not decide, it is a bound, a group, a rule, or the budget that had to be spent.
 *
 * @module
 */
import type { AllocationCurve } from "../../domain/allocation.ts";
import { respond } from "../../domain/response.ts";
import { findKnee } from "./knee.ts";
import { printShare, printValue } from "./print_value.ts";

/** What is known of a move. Amounts are in one unit, returns in outcome units per unit. */
export interface MoveFacts {
  /** Who. */
  readonly id: string;
  /** What it got. */
  readonly before: number;
  /** What it gets. */
  readonly after: number;
  /** What its next unit brings now; NaN if not known. */
  readonly marginal: number;
  /** What each of the units that moved brings on average; NaN if not known. */
  readonly bringsEach: number;
  /** What a unit must bring to be spent here; NaN or infinite if not known. */
  readonly mustBring: number;
  /** Least and most it may get; null if not known. */
  readonly bounds: readonly [lo: number, hi: number] | null;
  /** Constraints and rules that hold it: `entity:tv:hi`, `group:video:hi`, `linear:mix:lo`, `rule:step@3/cap`. */
  readonly heldBy: readonly string[];
  /** Its curve over the amounts; null if not known. */
  readonly curve: AllocationCurve | null;
  /** Value of one unit of the curve's outcome. */
  readonly weight: number;
}

/** Why an amount moved. */
export type MoveCause =
  /** It did not. */
  | "kept"
  /** What is added brings as much as it must, or more. */
  | "pays"
  /** What is taken away brought no more than it must. */
  | "pays_less"
  /** An S-shaped curve pays from its knee on, and not at all below. */
  | "switched_on"
  | "switched_off"
  /** Its own most or least. */
  | "most"
  | "least"
  /** A group, weighted sum, return target or rule. */
  | "held"
  /** Money that had to go somewhere, or came from somewhere. */
  | "spent";

/** A move and its reason. */
export interface ExplainedMove {
  readonly id: string;
  readonly before: number;
  readonly after: number;
  readonly cause: MoveCause;
  /** For a person. */
  readonly sentence: string;
}

/** Moves below this part of the larger amount are none. */
const STILL = 1e-9;
/** Returns are compared to so much. */
const ALIKE = 1e-6;
const MOST_NAMED = 3;

/** Explains moves, each by itself, in the order given. */
export function explainMoves(moves: readonly MoveFacts[]): ExplainedMove[] {
  return moves.map(explainMove);
}

function explainMove(facts: MoveFacts): ExplainedMove {
  const { id, before, after } = facts;
  const cause = findCause(facts);
  const why = cause === "kept" ? "" : sayWhy(facts, cause);
  return { id, before, after, cause, sentence: `${sayWhat(facts)}${why}.` };
}

function findCause(facts: MoveFacts): MoveCause {
  const { before, after, bounds, heldBy } = facts;
  if (isStill(before, after)) return "kept";
  const [lo, hi] = bounds ?? [-Infinity, Infinity];
  const more = after > before;
  if (!more && before > hi * (1 + STILL) && isStill(after, hi)) return "most";
  if (more && before < lo * (1 - STILL) && isStill(after, lo)) return "least";
  if (isSwitched(facts)) return more ? "switched_on" : "switched_off";
  if (decides(facts)) return more ? "pays" : "pays_less";
  if (more && isStill(after, hi)) return "most";
  if (!more && lo > 0 && isStill(after, lo)) return "least";
  return heldBy.length > 0 ? "held" : "spent";
}

function isStill(one: number, other: number): boolean {
  const size = Math.max(Math.abs(one), Math.abs(other));
  return Math.abs(one - other) <= STILL * size;
}

/** Whether it went from nothing to beyond its knee, or back. */
function isSwitched({ before, after, curve }: MoveFacts): boolean {
  const knee = curve === null ? null : findKnee(curve);
  if (knee === null || knee <= 0) return false;
  return before === 0 || after === 0;
}

/** Whether what moved units bring says enough. */
function decides({ before, after, bringsEach, mustBring }: MoveFacts): boolean {
  if (!Number.isFinite(mustBring)) return false;
  const slack = ALIKE * Math.abs(mustBring);
  return after > before
    ? bringsEach >= mustBring - slack
    : bringsEach <= mustBring + slack;
}

function sayWhat({ id, before, after }: MoveFacts): string {
  const name = JSON.stringify(id);
  if (isStill(before, after)) return `${name} keeps ${printValue(after)}`;
  if (after === 0) {
    return `${name} gets nothing in place of ${printValue(before)}`;
  }
  if (before === 0) {
    return `${name} gets ${printValue(after)} in place of nothing`;
  }
  const by = `${printValue(Math.abs(after - before))} ${
    after > before ? "more" : "less"
  } (${printShare((after - before) / before)})`;
  return `${name} gets ${by}, ${printValue(after)} in place of ${
    printValue(before)
  }`;
}

function sayWhy(facts: MoveFacts, cause: MoveCause): string {
  const { after, bounds, heldBy, mustBring } = facts;
  const reasons = [...sayReturn(facts, cause)];
  const [lo = NaN, hi = NaN] = bounds ?? [];
  if (cause === "most" || isStill(after, hi)) {
    reasons.push(`${printValue(hi)} is its most`);
  } else if (cause === "least" || lo > 0 && isStill(after, lo)) {
    reasons.push(`${printValue(lo)} is its least`);
  }
  const others = heldBy.filter((name) => !name.startsWith("entity:"));
  if (others.length > 0) reasons.push(`held by ${listNames(others)}`);
  if (cause === "spent") {
    reasons.push(
      Number.isFinite(mustBring)
        ? "it takes what the others leave of the budget"
        : "the bounds leave no choice",
    );
  }
  return `: ${reasons.join("; ")}`;
}

/** What moved units bring, and what they must. */
function* sayReturn(
  facts: MoveFacts,
  cause: MoveCause,
): Generator<string> {
  const { before, after, bringsEach, mustBring, marginal } = facts;
  const more = after > before;
  const needs = Number.isFinite(mustBring)
    ? `the ${printValue(mustBring)} that a unit must bring`
    : null;
  if (cause === "switched_on" || cause === "switched_off") {
    yield* saySwitch(facts, needs);
    return;
  }
  if (Number.isFinite(bringsEach) && needs !== null) {
    yield `a unit of ${more ? "these brings" : "that brought"} ${
      printValue(bringsEach)
    } on average, ${compare(bringsEach, mustBring)} ${needs}`;
  }
  if (Number.isFinite(marginal)) {
    yield `its next unit brings ${printValue(marginal)}` +
      (needs === null || Number.isFinite(bringsEach)
        ? ""
        : `, ${compare(marginal, mustBring)} ${needs}`);
  }
}

function* saySwitch(
  { curve, weight, after, bringsEach, mustBring }: MoveFacts,
  needs: string | null,
): Generator<string> {
  const knee = curve === null ? 0 : findKnee(curve) ?? 0;
  const best = curve === null ? NaN : weight * respond(curve, knee) / knee;
  const at = `its S-shaped curve pays best at ${
    printValue(knee)
  }, where a unit brings ${printValue(best)} on average`;
  if (after > 0) {
    yield at;
    if (needs !== null && Number.isFinite(bringsEach)) {
      yield `a unit of these brings ${printValue(bringsEach)}, ${
        compare(bringsEach, mustBring)
      } ${needs}`;
    }
    return;
  }
  yield needs === null ? at : `${at}, ${compare(best, mustBring)} ${needs}`;
}

function compare(one: number, other: number): string {
  const alike = printValue(one) === printValue(other) ||
    Math.abs(one - other) <= ALIKE * Math.abs(other);
  return alike ? "as much as" : one > other ? "more than" : "less than";
}

function listNames(names: readonly string[]): string {
  const more = names.length - MOST_NAMED;
  return names.slice(0, MOST_NAMED).join(", ") +
    (more > 0 ? ` and ${more} more` : "");
}
