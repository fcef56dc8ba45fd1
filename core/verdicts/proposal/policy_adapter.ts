/**
 * Policies as a kind of change: how they are checked, checked again, and merged.
 *
 * @module
 */
import type { EvidenceItem } from "../../domain/change.ts";
import { EngineError } from "../../domain/error.ts";
import type { ChangeAdapter, Findings, Scope } from "../../ports/governance.ts";
import { parsePolicySet } from "../judge/policy_set.ts";
import {
  findOutPolicies,
  isFirstInstallation,
  type PolicyJob,
  recheckPolicies,
} from "./find_out.ts";
import { unmeasured } from "./items.ts";
import { mergeContents, NO_POLICIES } from "./merge_contents.ts";

/** Proposed policies that past decisions are settled again by. */
export interface ReplayAsked {
  readonly scope: Scope;
  /** Text of what is proposed. */
  readonly after: string;
  /** Text of what it replaces; null for nothing. */
  readonly before: string | null;
}

/** What judging policies stands on. */
export interface PolicyAdapterParts {
  /** Settles past decisions again; an item `replay`. */
  replay(asked: ReplayAsked): Promise<EvidenceItem>;
  /** Text of the deployment's policies in force; null for none. */
  deployment(): Promise<string | null>;
  /** Finds out the rest, on another thread where this one serves; here unless given. */
  findOut?(job: PolicyJob): Promise<Findings>;
}

/** Judges policies. */
export function createPolicyAdapter(
  { replay, deployment, findOut = findOutHere }: PolicyAdapterParts,
): ChangeAdapter {
  return {
    kind: "policies",
    requires: [
      ...["types", "lint", "cases", "coverage", "mutation", "meaning"],
      "replay",
    ],
    check: async (content, base, { scope }) => {
      const beside = scope === null ? null : await deployment();
      const before = readableOrNull(base);
      const job = { content, base: before, scope, beside };
      const isFirst = isFirstInstallation(job);
      const findings = isFirst ? findOutPolicies(job) : await findOut(job);
      const found = base !== before && before === null
        ? { ...findings, class: "mixed", proven: false } as const
        : findings;
      if (found.problems.length > 0) return found;
      const replayed = isFirst
        ? unmeasured("replay")
        : await replay({ scope, after: content, before });
      return { ...found, items: [...found.items, replayed] };
    },
    recheck: (content) => Promise.resolve(recheckPolicies(content)),
    merge: (content, base, now) =>
      mergeContents(content, base ?? NO_POLICIES, now ?? NO_POLICIES),
  };
}

/**
 * What an older engine put into force and this one does not read compares with nothing;
 * whether it was stricter is not known.
 */
function readableOrNull(base: string | null): string | null {
  try {
    return base === null ? null : parsePolicySet(base).text;
  } catch (error) {
    if (error instanceof EngineError) return null;
    throw error;
  }
}

function findOutHere(job: PolicyJob): Promise<Findings> {
  return Promise.resolve(findOutPolicies(job));
}
