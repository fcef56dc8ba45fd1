/**
 * Members of a rule, effect by effect: which it needs, which it may have.
 *
 * @module
 */
import type {
  DecisionKind,
  Effect,
  PolicyDocument,
  PolicyRule,
  Schedule,
} from "../../domain/verdict.ts";
import { type Place, refusePolicy } from "../language/refusal.ts";

/** A rule, whose it is, and where it stands. */
export interface RulePart {
  readonly rule: PolicyRule;
  readonly on: PolicyDocument["on"];
  /** Such as `rules[0]`. */
  readonly path: string;
  readonly place: Place;
}

/** What a rule of one effect is made of. */
export interface Members {
  /** Without which it is refused. */
  readonly needs: readonly (keyof PolicyRule)[];
  /** Which it may have. */
  readonly takes: readonly (keyof PolicyRule)[];
  /** Kinds of decision that it is for; all if absent. */
  readonly on?: readonly DecisionKind[];
}

const BOUND: Members = { needs: [], takes: ["to", "over", "toPermille"] };

/** Members by effect. */
export const MEMBERS: Readonly<Record<Effect, Members>> = {
  deny: { needs: [], takes: [] },
  cap: BOUND,
  floor: BOUND,
  adjust: { needs: ["byPermille"], takes: [] },
  prioritise: { needs: ["by"], takes: [], on: ["action"] },
  review: { needs: [], takes: [] },
  limit: {
    needs: ["most", "within"],
    takes: ["of", "per"],
    on: ["bid", "action"],
  },
};

/** Members that some effect needs or may have. */
export const OF_EFFECTS: ReadonlySet<keyof PolicyRule> = new Set(
  Object.values(MEMBERS).flatMap(({ needs, takes }) => [...needs, ...takes]),
);

/**
 * Refuses members that an effect does not take, and the lack of those that it needs.
 *
 * @throws {EngineError} policy_invalid.
 */
export function refuseMembers({ rule, on, path, place }: RulePart): void {
  function refuse(reason: string): never {
    throw refusePolicy(place, path, reason);
  }
  const { effect } = rule;
  const { needs, takes, on: kinds } = MEMBERS[effect];
  for (const member of OF_EFFECTS) {
    const given = rule[member] !== undefined;
    if (needs.includes(member) && !given) {
      refuse(`effect "${effect}" needs "${member}"`);
    }
    if (given && !needs.includes(member) && !takes.includes(member)) {
      refuse(`effect "${effect}" takes no "${member}"`);
    }
  }
  const stray = kinds && on.find((kind) => !kinds.includes(kind));
  if (stray) refuse(`effect "${effect}" is not for "${stray}" decisions`);
  if (rule.of === "micros" && on.some((kind) => kind !== "bid")) {
    refuse('a limit of micros is for "bid" decisions only; an action has none');
  }
  refuseBound({ rule, on, path, place });
  if (rule.during) refuseSchedule(rule.during, `${path}.during`, place);
}

function refuseBound({ rule, on, path, place }: RulePart): void {
  function refuse(reason: string): never {
    throw refusePolicy(place, path, reason);
  }
  const { effect, to, over, toPermille } = rule;
  if (MEMBERS[effect] !== BOUND) return;
  if (to === undefined && toPermille === undefined) {
    refuse(`effect "${effect}" needs "to"${over ? ' or "toPermille"' : ""}`);
  }
  if (to !== undefined && toPermille !== undefined) {
    refuse('"to" and "toPermille" are two bounds; split the rule');
  }
  if (over && on.some((kind) => kind !== "budget")) {
    refuse('"over" is for "budget" decisions only');
  }
  if (toPermille !== undefined && Object.keys(over ?? {}).length === 0) {
    refuse('"toPermille" is a share of the plan and needs a group in "over"');
  }
}

function refuseSchedule(
  during: Schedule,
  path: string,
  place: Place,
): void {
  const { from, to } = during;
  if (Object.keys(during).length === 0) {
    throw refusePolicy(place, path, "it is empty; leave it out");
  }
  if (from !== undefined && from === to) {
    const reason =
      `from ${from} to ${to} is no time; leave both out for all day`;
    throw refusePolicy(place, path, reason);
  }
  if (from === undefined && to === "00:00") {
    throw refusePolicy(place, path, 'to 00:00 needs "from"');
  }
}
