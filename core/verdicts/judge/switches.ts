/**
 * Kill switches: denials beside all policies, whatever else is said.
 *
 * Doing nothing is never stopped. A switch whose scope cannot be told from the facts is
 * in doubt, and stops.
 *
 * @module
 */
import type {
  AppliedRule,
  Facts,
  Switch,
  SwitchScope,
} from "../../domain/verdict.ts";

/** Whose decision, and where. */
interface Scope {
  readonly tenant: string;
  readonly channel: string | null;
}

/** Denials by the switches that are on for what is decided. */
export function applySwitches(
  switches: readonly Switch[],
  facts: Facts,
  scope: Scope,
): readonly AppliedRule[] {
  const context = (facts.context ?? {}) as Facts;
  if (context.isControl === true) return [];
  const known: Readonly<Partial<Record<keyof SwitchScope, unknown>>> = {
    tenant: scope.tenant,
    channel: scope.channel ?? context.channel,
    account: context.account,
    campaign: context.campaign,
    model: context.model,
  };
  return switches.flatMap(({ id, stops, reason }) => {
    const asked = Object.entries(stops) as [keyof SwitchScope, string][];
    const open = asked.filter(([member, wanted]) => known[member] !== wanted);
    if (open.some(([member]) => typeof known[member] === "string")) return [];
    const missing = open.map(([member]) => `context.${member}`);
    return [{
      rule: `switch@1/${id}`,
      effect: "deny" as const,
      missing: missing.length > 0,
      beforeMicros: null,
      afterMicros: null,
      reason: missing.length > 0
        ? `${reason} (missing ${missing.join(", ")})`
        : reason,
    }];
  });
}
