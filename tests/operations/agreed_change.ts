/**
 * Policies that are put into force the way they go: proposed, checked, agreed to by others
 * and made active.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Engine } from "../../core/engine.ts";
import type { Actor, Rollout } from "../../core/domain/change.ts";
import type { Scope } from "../../core/ports/governance.ts";

/** Who proposes; she may not agree to her own. */
export const ANN: Actor = { name: "ann", human: true, groups: [] };
const AGREEING: readonly Actor[] = ["bob", "eve"].map((name) => ({
  ...{ name, human: true, groups: ["growth"] },
}));

/**
 * Takes a change of policies the whole way.
 *
 * @param changes The workflow.
 * @param scope Whose policies.
 * @param proposed The text of the set, and how it is to begin.
 * @returns Id of the change.
 */
export async function putInForce(
  changes: Engine["changes"],
  scope: Scope,
  proposed: { readonly content: string; readonly rollout?: Rollout },
): Promise<string> {
  const { id } = await changes.propose(scope, {
    ...{ kind: "policies", subject: "policies", ...proposed, by: ANN },
    ...{ title: "Lower bids", reason: "They cost too much" },
  });
  const ref = { scope, id };
  const checked = await changes.check(ref, ANN);
  assert.equal(checked.state, "checked", JSON.stringify(checked.evidence));
  await changes.act(ref, { act: "submit", by: ANN });
  for (const by of AGREEING) {
    const { state, base, evidence, cycle } = await changes.find(ref);
    if (state !== "in_review" || !evidence) break;
    const signs = { content: checked.content, base, cycle };
    await changes.act(ref, {
      ...{ act: "approve", by, reason: "Agreed" },
      signs: { ...signs, evidence: evidence.hash },
    });
  }
  await changes.act(ref, { act: "activate", by: ANN });
  return id;
}
