/**
 * What a kill switch stops beside decisions: what a connector brings and writes, and the
 * writing of plans.
 *
 * | names | stops |
 * | --- | --- |
 * | `connector` | all that comes and goes through it, readings and undoing included |
 * | `act: "apply"` | the writing of plans, to one connector if named; undoing goes on |
 * | `policies` | decisions while policies of that hash are in force |
 * | anything else, or nothing | decisions that are all of it; where it names at most a tenant, the writing of plans too |
 *
 * @module
 */
import type { Switch, SwitchScope } from "./verdict.ts";

/** Names that a switch may stop by. */
export const SWITCH_NAMES = [
  "tenant",
  "channel",
  "account",
  "campaign",
  "model",
  "policies",
  "connector",
  "act",
] as const satisfies readonly (keyof SwitchScope)[];

/** Something that is about to be done, other than a decision. */
export interface Operation {
  /** `apply` writes a plan; `connect` is everything else that a connector is used for. */
  readonly act: "apply" | "connect";
  /** Name of the connector; null before it is known. */
  readonly connector: string | null;
}

/** What a switch is about: decisions, the writing of plans, or a connector. */
export type SwitchKind = "decisions" | "apply" | "connector";

/**
 * What a switch is about.
 *
 * @param stops What it stops.
 * @returns Its kind.
 */
export function kindOfSwitch({ act, connector }: SwitchScope): SwitchKind {
  if (act !== undefined) return "apply";
  return connector === undefined ? "decisions" : "connector";
}

/**
 * What is wrong with the names that a switch stops by.
 *
 * @param stops Names, as they were given.
 * @returns For a person; null if nothing is.
 */
export function findSwitchFault(stops: SwitchScope): string | null {
  const named = Object.keys(stops);
  const names: readonly string[] = SWITCH_NAMES;
  if (!named.every((name) => names.includes(name))) {
    return `it stops by ${SWITCH_NAMES.join(", ")}`;
  }
  if (stops.act !== undefined && stops.act !== "apply") {
    return 'act is "apply"';
  }
  const apart = ["tenant", "connector", "act"];
  return kindOfSwitch(stops) !== "decisions" &&
      named.some((name) => !apart.includes(name))
    ? "connector and act go with tenant alone"
    : null;
}

/**
 * Whether all that one switch stops is stopped by another.
 *
 * @param wide The one that may stop more.
 * @param narrow The other.
 * @returns True if so.
 */
export function covers(wide: SwitchScope, narrow: SwitchScope): boolean {
  const [one, other] = [kindOfSwitch(wide), kindOfSwitch(narrow)];
  const alike = one === other ||
    other === "apply" && (one === "connector" || stopsPlans(wide));
  return alike &&
    SWITCH_NAMES.every((name) =>
      wide[name] === undefined || wide[name] === narrow[name]
    );
}

/**
 * Whether a switch stops an operation.
 *
 * @param on The switch.
 * @param tenant Whose operation.
 * @param operation What is about to be done.
 * @returns True if so; of one that is in doubt, true.
 */
export function isStopped(
  { stops }: Pick<Switch, "stops">,
  tenant: string,
  { act, connector }: Operation,
): boolean {
  if (stops.tenant !== undefined && stops.tenant !== tenant) return false;
  const named = stops.connector === undefined || connector === null
    ? stops.connector === undefined
    : stops.connector === connector;
  const kind = kindOfSwitch(stops);
  if (kind === "connector") return named;
  return act === "apply" && (kind === "apply" ? named : stopsPlans(stops));
}

/** Whether a switch on decisions is so wide that no plan is written either. */
function stopsPlans(stops: SwitchScope): boolean {
  return Object.keys(stops).every((name) => name === "tenant");
}
