/**
 * A rule set of others as one function of contexts.
 *
 * @module
 */
import { compileExplanations } from "../explain/explain.ts";
import { compileConditions, isSet } from "../program/compile.ts";
import type { EvaluatedSet, SetVerdict } from "./evaluated_set.ts";
import type { ForeignRule } from "./rule_set.ts";

/**
 * Compiles rules.
 *
 * @param rules In the order in which they are told, and in which equals go first.
 */
export function compileRuleSet(rules: readonly ForeignRule[]): EvaluatedSet {
  const { words, evaluate } = compileConditions(rules.map(({ when }) => when));
  let explainAll: ReturnType<typeof compileExplanations> | null = null;
  return {
    rules,
    findStray: () => [],
    explain(context) {
      explainAll ??= compileExplanations(
        rules.map(({ id, when }) => ({ rule: id, when, to: null })),
      );
      return explainAll(context);
    },
    evaluate: (context) => {
      const out = new Int32Array(2 * words);
      evaluate(context, out);
      const unknown = rules.filter((_, index) => isSet(out, words, index));
      const fired = rules.filter(({ onMissing }, index) =>
        isSet(out, words, index) ? onMissing !== "skip" : isSet(out, 0, index)
      );
      return printVerdict(fired, unknown);
    },
  };
}

function printVerdict(
  fired: readonly ForeignRule[],
  unknown: readonly ForeignRule[],
): SetVerdict {
  const others = fired.filter(({ effect }) => effect !== "deny");
  const effects = new Map<string, [string, true][]>();
  for (const { id, effect } of others) {
    effects.set(effect, [...effects.get(effect) ?? [], [id, true]]);
  }
  return {
    verdict: others.length < fired.length ? "deny" : strongestOf(others),
    fired: fired.map(({ id }) => id),
    unknown: unknown.map(({ id }) => id),
    ...others.length === 0 ? {} : {
      effects: Object.fromEntries(
        [...effects].map(([effect, of]) => [effect, Object.fromEntries(of)]),
      ),
    },
  };
}

function strongestOf(fired: readonly ForeignRule[]): string {
  const highest = Math.max(...fired.map(({ priority }) => priority));
  return fired.find(({ priority }) => priority === highest)?.effect ?? "allow";
}
