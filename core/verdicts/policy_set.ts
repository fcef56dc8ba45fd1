/**
 * All policies in force, as one judge.
 *
 * Order: adjust, floor, cap, deny; within an effect by policy name, then as the
 * file has it. Adjust, floor and cap see the amount proposed, deny sees the amount
 * that results. A bound is rounded to its stricter side: caps down, floors up.
 *
 * @module
 */
import { canonicalJson, sha256 } from "../domain/canonical.ts";
import { EngineError } from "../domain/error.ts";
import type {
  DecisionKind,
  Facts,
  PolicyDocument,
  Verdict,
} from "../domain/verdict.ts";
import { parseDocument } from "./document.ts";
import { judgeAmount, type JudgeOptions } from "./judge.ts";
import { boundAmount, type Bounds } from "./bounds.ts";
import { refusePolicy } from "./refusal.ts";
import { compileStages } from "./stage.ts";

/** Policies that speak together. */
export interface PolicySet {
  /** SHA-256 of the text. */
  readonly hash: string;
  /** By name. */
  readonly documents: readonly PolicyDocument[];
  /** Canonical JSON of the documents; {@link parsePolicySet} reads it back. */
  readonly text: string;
  /**
   * Judges one proposal.
   *
   * @param kind What is decided.
   * @param facts All facts but the group `amount`, which follows from the options.
   * @param options Whose, where, and the amounts: whole micros, or null for none.
   * @throws {RangeError} If an amount is negative or not whole.
   */
  judge(kind: DecisionKind, facts: Facts, options: JudgeOptions): Verdict;
  /**
   * Says between which bounds an amount must lie, before one is proposed: from
   * caps, floors and denials that do not depend on the amount itself.
   */
  bounds(
    kind: DecisionKind,
    facts: Facts,
    options: Omit<JudgeOptions, "amountMicros">,
  ): Bounds;
}

/**
 * Compiles policies.
 *
 * @param documents In any order; each is checked again.
 * @throws {EngineError} policy_invalid, if one is unsound or two share a name.
 */
export function compilePolicySet(
  documents: readonly PolicyDocument[],
): PolicySet {
  const sorted = documents
    .map((document) => parseDocument(`${document.policy}.json`, document))
    .sort((a, b) => a.policy < b.policy ? -1 : 1);
  refuseNamesakes(sorted);
  const text = canonicalJson(sorted);
  const hash = sha256(text);
  const stages = compileStages(sorted);
  return {
    hash,
    documents: sorted,
    text,
    judge: (kind, facts, options) => ({
      ...judgeAmount(stages[kind], facts, options),
      policySet: hash,
    }),
    bounds: (kind, facts, options) => boundAmount(stages[kind], facts, options),
  };
}

/**
 * Reads a policy set back; the inverse of its text.
 *
 * @param text Canonical JSON of the documents.
 * @throws {EngineError} policy_invalid, if the text is no policy set.
 */
export function parsePolicySet(text: string): PolicySet {
  try {
    return compilePolicySet(JSON.parse(text));
  } catch (cause) {
    if (cause instanceof EngineError) throw cause;
    throw new EngineError(
      "policy_invalid",
      "Cannot read policy set: the text is no list of policies",
      { cause },
    );
  }
}

function refuseNamesakes(sorted: readonly PolicyDocument[]): void {
  sorted.forEach(({ policy }, index) => {
    if (sorted[index + 1]?.policy !== policy) return;
    const place = { file: `${policy}.json`, rule: null };
    throw refusePolicy(place, "policy", "another file has the same name");
  });
}

export type { Bounds, JudgeOptions };
