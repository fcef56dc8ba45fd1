/**
 * A policy's own examples, run through the judge that will use it.
 *
 * @module
 */
import type {
  Facts,
  PolicyCase,
  PolicyDocument,
  Verdict,
} from "../domain/verdict.ts";
import { explainPolicy, printExplanation } from "./explain.ts";
import { withAmount } from "./judge.ts";
import { compilePolicySet } from "./policy_set.ts";
import { onMissingOf } from "./stage.ts";

/** What one case came to. */
export interface CaseOutcome {
  /** Place in the file, from 0. */
  readonly index: number;
  readonly note: string;
  /** Rules that acted, in the order of the file. */
  readonly fired: readonly string[];
  /** What was wanted, what came, and why; null when they agree. */
  readonly failure: string | null;
}

/** Runs every case of a checked policy. */
export function runCases(document: PolicyDocument): readonly CaseOutcome[] {
  const set = compilePolicySet([document]);
  return document.cases.map((one, index) => {
    const given = amountsOf(one.facts);
    const verdict = set.judge(document.on[0] ?? "bid", one.facts, {
      tenant: document.appliesTo?.tenants?.[0] ?? "case",
      channel: textIn(one.facts.context, "channel"),
      ...given,
    });
    const fired = firedRules(document, verdict);
    const failure = compare(one, verdict, fired);
    const why = failure === null
      ? null
      : `${failure}; ${explainCase(document, one, verdict)}`;
    return { index, note: one.note, fired, failure: why };
  });
}

function amountsOf({ amount }: Facts) {
  return {
    amountMicros: wholeIn(amount, "micros"),
    currentMicros: wholeIn(amount, "currentMicros"),
  };
}

function memberOf(group: unknown, name: string): unknown {
  return typeof group === "object" && group !== null
    ? (group as Record<string, unknown>)[name]
    : undefined;
}

function wholeIn(group: unknown, name: string): number | null {
  const value = memberOf(group, name);
  return typeof value === "number" ? value : null;
}

function textIn(group: unknown, name: string): string | null {
  const value = memberOf(group, name);
  return typeof value === "string" ? value : null;
}

function firedRules(document: PolicyDocument, { applied }: Verdict): string[] {
  return document.rules.filter((rule) =>
    applied.some((one) =>
      one.rule.endsWith(`/${rule.id}`) &&
      !(one.missing && onMissingOf(document, rule) === "skip")
    )
  ).map(({ id }) => id);
}

function compare(
  { want, wantMicros }: PolicyCase,
  { amountMicros }: Verdict,
  fired: readonly string[],
): string | null {
  if (want.join() !== fired.join()) {
    return `wanted ${printIds(want)} to fire, got ${printIds(fired)}`;
  }
  if (wantMicros === undefined || wantMicros === amountMicros) return null;
  return `wanted ${wantMicros} micros, got ${amountMicros ?? "none"}`;
}

function printIds(ids: readonly string[]): string {
  return ids.length === 0 ? "nothing" : ids.join(", ");
}

/** Explains the rules that the case concerns: those wanted, fired, or all. */
function explainCase(
  document: PolicyDocument,
  { facts, want }: PolicyCase,
  verdict: Verdict,
): string {
  const { amountMicros, currentMicros } = amountsOf(facts);
  const last = verdict.applied.at(-1);
  const result = last?.afterMicros ?? last?.beforeMicros ?? amountMicros;
  const fired = firedRules(document, verdict);
  const concerned = new Set([...want, ...fired]);
  return document.rules.flatMap((rule, index) => {
    if (concerned.size > 0 && !concerned.has(rule.id)) return [];
    const micros = rule.effect === "deny" ? result : amountMicros;
    const seen = withAmount(facts, micros, currentMicros);
    const explanation = explainPolicy(document, seen)[index];
    return explanation ? [printExplanation(explanation)] : [];
  }).join("; ");
}
