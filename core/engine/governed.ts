/**
 * Changes wired: what may change and how it is checked, what is on trial, and when a
 * trial is ended.
 *
 * @module
 */
import {
  createRollouts,
  type Rollouts,
  type SeenRollout,
} from "../decisions/rollouts.ts";
import { type Changes, createChanges } from "../governance/changes.ts";
import { findBreach } from "../governance/guard.ts";
import { createSwitchAdapter } from "../governance/switch_adapter.ts";
import { createSwitches, type Switches } from "../governance/switches.ts";
import { ENGINE } from "../domain/change.ts";
import { isRefusal } from "../domain/error.ts";
import type { ModelRegistry } from "../ports/models.ts";
import type { RolloutStage } from "../ports/rollouts.ts";
import type { Stores } from "../ports/stores.ts";
import { createModelAdapter } from "../training/model_adapter.ts";
import { createPolicyAdapter } from "../verdicts/proposal/policy_adapter.ts";
import { createModelFollower } from "./follow_models.ts";
import type { EngineParts } from "./parts.ts";
import { createPolicyEvidence } from "./policy_evidence.ts";

/** What governs what the engine runs by. */
export interface Governed {
  readonly changes: Changes;
  readonly switches: Switches;
  /** What decisions see of trials. */
  readonly rollouts: Pick<Rollouts, "observe">;
  /**
   * Keeps what this node saw of trials, and ends those that went ill; settles the
   * switches of its own board. For every node.
   *
   * @returns A line for each that was ended, and for each switch that is on here alone.
   */
  watchTrials(): Promise<readonly string[]>;
  /**
   * Does what time brings, on any one node, and gives models the roles that were agreed;
   * a line for each change that moved.
   */
  keepTime(): Promise<readonly string[]>;
}

/** Wires changes. */
export function createGoverned(
  { stores, clock, ids, switchBoard: board, findOutPolicies }: Pick<
    EngineParts,
    "stores" | "clock" | "ids" | "switchBoard" | "findOutPolicies"
  >,
  models: ModelRegistry,
): Governed {
  const changes = createChanges({
    store: stores.governance,
    adapters: [
      createSwitchAdapter(),
      createPolicyAdapter({
        ...createPolicyEvidence({ stores, clock }),
        ...findOutPolicies && { findOut: findOutPolicies },
      }),
      createModelAdapter(models),
    ],
    ...{ clock, ids },
  });
  const follow = createModelFollower({
    ...{ governance: stores.governance, models, clock },
  });
  const switches = createSwitches({ changes, board, clock });
  const rollouts = createRollouts();
  return {
    ...{ changes, switches, rollouts },
    watchTrials: async () => [
      ...await switches.settle(),
      ...await watchTrials(changes, stores, rollouts.take()),
    ],
    keepTime: async () => {
      const { moved, waiting } = await changes.tick();
      return [
        ...moved.map(({ id, state }) => `${id} is ${state}`),
        ...waiting.map(({ id, reason }) => `${id} waits: ${reason}`),
        ...await follow(),
      ];
    },
  };
}

async function watchTrials(
  changes: Changes,
  { rollouts }: Pick<Stores, "rollouts">,
  seen: readonly SeenRollout[],
): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const { counts, ...stage } of seen) {
    await rollouts.add(stage, counts);
    try {
      lines.push(...await endIfIll(changes, { rollouts }, stage));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      lines.push(error.message);
    }
  }
  return lines;
}

async function endIfIll(
  changes: Changes,
  { rollouts }: Pick<Stores, "rollouts">,
  stage: RolloutStage,
): Promise<readonly string[]> {
  const ref = { scope: stage.scope, id: stage.change };
  const change = await changes.find(ref);
  if (change.state !== stage.stage || change.cycle !== stage.cycle) return [];
  const breach = findBreach(change, await rollouts.seen(stage));
  if (breach === null) return [];
  const { reason } = breach;
  await changes.act(ref, {
    ...{ act: "breach", by: ENGINE, reason, findings: breach },
  });
  return [`${stage.change} went ill: ${reason}`];
}
