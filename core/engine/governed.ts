/**
 * Changes wired: what may change and how it is checked, what is on trial, and when a
 * trial is ended.
 *
 * @module
 */
import { createRollouts, type Rollouts } from "../decisions/rollouts.ts";
import { type Acting, createActing } from "../governance/acting.ts";
import { type Changes, createChanges } from "../governance/changes.ts";
import { findBreach } from "../governance/guard.ts";
import { createSwitchAdapter } from "../governance/switch_adapter.ts";
import { createSwitches, type Switches } from "../governance/switches.ts";
import { ENGINE } from "../domain/change.ts";
import { isRefusal } from "../domain/error.ts";
import type { SwitchBoard } from "../ports/governance.ts";
import type { ModelRegistry } from "../ports/models.ts";
import type { RolloutStage } from "../ports/rollouts.ts";
import type { Stores } from "../ports/stores.ts";
import { createModelAdapter } from "../training/model_adapter.ts";
import { createPolicyAdapter } from "../verdicts/proposal/policy_adapter.ts";
import { createModelFollower } from "./follow_models.ts";
import {
  createModelTrials,
  type FoundLift,
  type WatchScope,
} from "./model_trials.ts";
import { createStoppedTrials, type StoppedTrials } from "./stopped_trials.ts";
import { type ModelTrialReport, reportTrial } from "./trial_report.ts";
import type { EngineParts } from "./parts.ts";
import { createPolicyEvidence } from "./policy_evidence.ts";
import { openVerifyActs, type VerifyActs } from "./verify_acts.ts";

/** What governs what the engine runs by. */
export interface Governed {
  readonly changes: Changes;
  readonly switches: Switches;
  /** Puts what people and services do by hand on record. */
  readonly acting: Acting;
  /** Whether that record is as it was written, and as checkpoints signed it. */
  readonly verifyActs: VerifyActs;
  /** What decisions see of trials. */
  readonly rollouts: Pick<Rollouts, "observe">;
  /** Models on trial. */
  readonly trials: OperatedTrials;
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

/** What governing stands on. */
type GovernedParts = Pick<
  EngineParts,
  | "stores"
  | "clock"
  | "ids"
  | "switchBoard"
  | "renewSwitches"
  | "findOutPolicies"
  | "checkpointsOf"
>;

/** Models on trial, as doors see them. */
export interface OperatedTrials {
  /**
   * The trial of a model that runs, or else its latest.
   *
   * @throws {EngineError} `not_found` if none of its versions was ever on trial.
   */
  report(tenant: string, name: string): Promise<ModelTrialReport>;
  /** What this node saw of trials since it started. */
  seen(): ReturnType<WatchScope["tally"]["all"]>;
  /** What was found last, on the node that judges. */
  found(): readonly FoundLift[];
  /** When the last version of each model that went ill was stopped, where this node did it. */
  readonly stopped: StoppedTrials["list"];
}

/** Wires changes. */
export function createGoverned(
  parts: GovernedParts,
  models: ModelRegistry,
  counted: Pick<WatchScope, "tally" | "renew">,
): Governed {
  const { stores, clock, ids } = parts;
  const changes = createChanges({
    store: stores.governance,
    adapters: openAdapters(parts, models),
    ...{ clock, ids },
  });
  const follow = createModelFollower({
    ...{ governance: stores.governance, models, clock },
  });
  const board = obeyed(parts);
  const switches = createSwitches({ changes, board, clock });
  const rollouts = createRollouts();
  const stops = createStoppedTrials(clock);
  const scope = { changes, stores, models, clock, stops, ...counted };
  const trials = createModelTrials(scope);
  return {
    ...{ changes, switches, rollouts },
    trials: {
      report: (tenant, name) => reportTrial(scope, tenant, name),
      seen: counted.tally.all,
      ...{ found: trials.found, stopped: stops.list },
    },
    acting: createActing(stores.governance, clock),
    verifyActs: openVerifyActs(parts, changes),
    watchTrials: async () => [
      ...await switches.settle(),
      ...await watchTrials(changes, stores, rollouts),
      ...await trials.watch(),
    ],
    keepTime: async () => {
      const judged = await trials.judge();
      const { moved, waiting } = await changes.tick();
      return [
        ...judged,
        ...moved.map(({ id, state }) => `${id} is ${state}`),
        ...waiting.map(({ id, reason }) => `${id} waits: ${reason}`),
        ...await follow(),
      ];
    },
  };
}

/** A board that is in force at this node as soon as it is written. */
function obeyed(
  { switchBoard: board, renewSwitches }: GovernedParts,
): SwitchBoard {
  return {
    list: board.list,
    replace: async (switches) => {
      await board.replace(switches);
      await renewSwitches?.();
    },
  };
}

/** What is special about each kind of change. */
function openAdapters(
  { stores, clock, findOutPolicies }: GovernedParts,
  models: ModelRegistry,
) {
  return [
    createSwitchAdapter(),
    createPolicyAdapter({
      ...createPolicyEvidence({ stores, clock }),
      ...findOutPolicies && { findOut: findOutPolicies },
    }),
    createModelAdapter(models),
  ];
}

async function watchTrials(
  changes: Changes,
  { rollouts }: Pick<Stores, "rollouts">,
  counted: Pick<Rollouts, "take" | "giveBack">,
): Promise<readonly string[]> {
  const lines: string[] = [];
  const seen = counted.take();
  let kept = 0;
  try {
    for (const { counts, ...stage } of seen) {
      await rollouts.add(stage, counts);
      kept++;
      lines.push(
        ...await endIfIll(changes, { rollouts }, stage).catch(tellRefusal),
      );
    }
  } finally {
    counted.giveBack(seen.slice(kept));
  }
  return lines;
}

/** What is refused holds up no other, and is told. */
function tellRefusal(error: unknown): readonly string[] {
  if (isRefusal(error)) return [error.message];
  throw error;
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
