/**
 * Contents of proposed changes as the text that is kept, hashed and agreed with.
 *
 * @module
 */
import { canonicalJson } from "../domain/canonical.ts";
import type { ChangeKind } from "../domain/change.ts";
import { loadPolicies } from "../verdicts/document/load.ts";

/** Policies and shared lists, each as its file has it. */
export interface ProposedPolicies {
  readonly policies: readonly { readonly policy: string }[];
  readonly lists: readonly { readonly list: string }[];
}

/** What somebody proposes: all of it, not what is new in it. */
export type ProposedContent =
  | { readonly kind: "policies"; readonly content: ProposedPolicies }
  | {
    readonly kind: Exclude<ChangeKind, "policies">;
    readonly content: unknown;
  };

/**
 * Prints a content.
 *
 * @returns Canonical JSON; of policies the text of their set.
 * @throws {EngineError} `policy_invalid` if policies are unsound or fail a case: it says
 * which, and how to mend it.
 */
export function printProposed({ kind, content }: ProposedContent): string {
  if (kind !== "policies") return canonicalJson(content);
  const { policies, lists } = content;
  const named = [
    ...policies.map((one) => [one.policy, one] as const),
    ...lists.map((one) => [one.list, one] as const),
  ];
  return loadPolicies(named.map(([name, one]) => ({
    name: `${name}.json`,
    text: JSON.stringify(one),
  }))).text;
}
