/**
 * Random small policy sets, and every decision over a few values of their facts.
 *
 * @module
 */
import fc from "fast-check";
import type {
  DecisionKind,
  Facts,
  Logic,
  PolicyDocument,
  PolicyRule,
  Verdict,
} from "../../domain/verdict.ts";
import { compilePolicySet, type PolicySet } from "../judge/policy_set.ts";
import { policy } from "../judge/sketch_test.ts";

/** What matters of a rule. */
export type Sketch = Partial<PolicyRule> & Pick<PolicyRule, "effect">;

const conditions: fc.Arbitrary<Logic> = fc.oneof(
  fc.tuple(fc.constantFrom("<", ">=", "=="), fc.nat(3)).map(([how, day]) =>
    ({ [how]: [{ var: "time.weekday" }, day] }) as Logic
  ),
  fc.constantFrom("email", "sms").map((name) => ({
    "==": [{ var: "context.channel" }, name],
  })),
  fc.constant({ var: "compliance.ok" }),
  fc.constant({ "!": { var: ["context.isControl", false] } }),
  fc.constant(true),
);

const weighing: fc.Arbitrary<Logic> = fc.oneof(
  conditions,
  fc.tuple(fc.constantFrom("<", ">"), fc.constantFrom(0, 4, 6)).map((
    [how, micros],
  ) => ({ [how]: [{ var: "amount.micros" }, micros] }) as Logic),
  fc.constantFrom(200, 500).map((step) => ({
    ">": [{ var: "amount.stepPermille" }, step],
  })),
);

function both(of: fc.Arbitrary<Logic>): fc.Arbitrary<Logic> {
  return fc.oneof(
    of,
    fc.tuple(of, of).map((two) => ({ and: two })),
    fc.tuple(of, of).map((two) => ({ or: two })),
    of.map((one) => ({ "!": one })),
  );
}

const bound: fc.Arbitrary<Logic> = fc.oneof(
  fc.constantFrom(2, 4, 5),
  fc.constant({ "/": [{ "*": [{ var: "amount.currentMicros" }, 6] }, 5] }),
  fc.constant({ "/": [{ "*": [{ var: "amount.currentMicros" }, 3] }, 2] }),
);

/** Rules that deny. */
export const refusing: fc.Arbitrary<Sketch> = both(conditions)
  .map((when) => ({ effect: "deny", when }));

/** Rules that change amounts, or weigh them. */
export const shaping: fc.Arbitrary<Sketch> = fc.oneof(
  fc.tuple(fc.constantFrom("cap", "floor"), both(weighing), bound).map((
    [effect, when, to],
  ) => ({ effect, when, to }) as Sketch),
  fc.tuple(both(conditions), fc.constantFrom(500, 800, 1000, 1500)).map((
    [when, byPermille],
  ) => ({ effect: "adjust", when, byPermille }) as Sketch),
  both(weighing).map((when) => ({ effect: "deny", when }) as Sketch),
  both(weighing).map((when) => ({ effect: "review", when }) as Sketch),
);

/** Rules that count. */
export const limiting: fc.Arbitrary<Sketch> = fc.tuple(
  both(conditions),
  fc.nat(2),
  fc.constantFrom("decisions" as const, "micros" as const),
).map(([when, most, of]) => ({
  ...{ effect: "limit", when, most, of, within: "1d", per: [] },
}));

/** With each way to take missing facts. */
export function withDoubt(of: fc.Arbitrary<Sketch>): fc.Arbitrary<Sketch> {
  return fc.tuple(of, fc.constantFrom(undefined, "deny", "apply", "skip"))
    .map(([rule, onMissing]) =>
      (onMissing ? { ...rule, onMissing } : rule) as Sketch
    );
}

/** A policy of these rules. */
export function documentOf(
  rules: readonly Sketch[],
  changes: Partial<PolicyDocument>,
): PolicyDocument {
  return policy(rules as Parameters<typeof policy>[0], changes);
}

const scopes: fc.Arbitrary<Partial<PolicyDocument>> = fc.constantFrom(
  {},
  { appliesTo: { channels: ["email"] } },
  { appliesTo: { tenants: ["acme"] } },
);

/** Two sets that share some rules. */
export function sets(
  rule: fc.Arbitrary<Sketch>,
  on: readonly DecisionKind[],
): fc.Arbitrary<[PolicySet, PolicySet]> {
  const rules = fc.array(withDoubt(rule), { minLength: 1, maxLength: 3 });
  const shared = fc.array(withDoubt(rule), { maxLength: 2 });
  return fc.tuple(shared, rules, rules, scopes).map((
    [kept, old, next, scope],
  ) =>
    [old, next].map((some) =>
      compilePolicySet([documentOf([...kept, ...some], { on, ...scope })])
    ) as [PolicySet, PolicySet]
  );
}

/** Every decision over a few values of each fact; counts are the same for all rules. */
export function* decisions(isWeighed: boolean) {
  const amounts = isWeighed ? [null, 0, 1, 2, 3, 4, 5, 6, 7, 10] : [null, 0, 5];
  const currents = isWeighed ? [null, 0, 4, 5] : [null];
  for (const facts of allFacts(isWeighed ? [null] : [null, 0, 1, 2])) {
    const { channel } = facts.context as { channel: string | null };
    for (const amountMicros of amounts) {
      for (const currentMicros of currents) {
        yield { facts, channel, amountMicros, currentMicros };
      }
    }
  }
}

function allFacts(counts: readonly (number | null)[]): Facts[] {
  const flags = [null, true, false];
  return [null, 0, 1, 2, 3, 4].flatMap((weekday) =>
    [null, "email", "sms", "push"].flatMap((channel) =>
      flags.flatMap((ok) =>
        flags.flatMap((isControl) =>
          counts.map((n): Facts => ({
            time: { weekday },
            context: { channel, isControl },
            compliance: { ok },
            counts: { sketch: { r0: n, r1: n, r2: n, r3: n, r4: n } },
          }))
        )
      )
    )
  );
}

function isTighter(from: Verdict, to: Verdict): boolean {
  if (!from.allowed) return false;
  if (!to.allowed) return true;
  return Number(to.amountMicros) < Number(from.amountMicros) ||
    (!from.review && to.review === true);
}

/** Directions that trying everything shows. */
export function tryAll(
  [before, after]: readonly [PolicySet, PolicySet],
  kind: DecisionKind,
  isWeighed: boolean,
): Set<string> {
  const seen = new Set<string>();
  for (const one of decisions(isWeighed)) {
    for (const tenant of ["acme", "other"]) {
      const [old, next] = [before, after].map((set) =>
        set.judge(kind, one.facts, { ...one, tenant })
      ) as [Verdict, Verdict];
      if (isTighter(old, next)) seen.add("tighter");
      if (isTighter(next, old)) seen.add("looser");
    }
    if (seen.size === 2) return seen;
  }
  return seen;
}
