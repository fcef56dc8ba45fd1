/**
 * A naive reader of the promise A12: a canary that was to be found better goes into force
 * when the engine found it so in that round, and not before; and a fault that breaks it.
 *
 * @module
 */
import { ENGINE } from "../domain/change.ts";
import type { ChangeEvent } from "../domain/change_event.ts";
import { asking } from "./fault_kinds_test.ts";
import type { NamedFault } from "./history_faults_test.ts";
import type { History } from "./history_walk_test.ts";

/** Tells where it was broken. */
export function measureViolations(
  { store }: History,
  events: readonly ChangeEvent[],
): string[] {
  return events.flatMap((event, place) => {
    const { act, from, to, change, cycle } = event;
    const judged = act === "judge" && event.by !== ENGINE.name;
    if (judged) return ["A12 somebody else judged"];
    const waits = store.changes.get(change)?.rollout.measure !== undefined;
    if (!waits || act !== "activate" || from !== "canary" || to !== "active") {
      return [];
    }
    const better = events.slice(0, place).some((before) =>
      before.change === change && before.act === "judge" &&
      before.cycle === cycle && before.to === "canary"
    );
    return better ? [] : ["A12 into force without being found better"];
  });
}

/** Breaks it. */
export const MEASURED_FAULTS: readonly NamedFault[] = [{
  promise: "A12",
  name: "a canary that was to be found better goes on as time passes",
  fault: asking(({ change, act }) =>
    act.act === "activate"
      ? { change: { ...change, betterInCycle: change.cycle } }
      : {}
  ),
}];
