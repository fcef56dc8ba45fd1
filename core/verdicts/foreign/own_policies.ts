/**
 * The engine's own policies on facts from files, by the judge that decides.
 *
 * @module
 */
import type {
  AppliedRule,
  DecisionKind,
  Facts,
  PolicyDocument,
  Verdict,
} from "../../domain/verdict.ts";
import { findStrayFacts } from "../document/case_facts.ts";
import { checkRules } from "../document/document.ts";
import { compileExplanations } from "../explain/explain.ts";
import { withAmount } from "../judge/judge.ts";
import type { PolicySet } from "../judge/policy_set.ts";
import { onMissingOf } from "../judge/stage.ts";
import { readFact } from "../language/catalogue.ts";
import type { Effects, EvaluatedSet, SetVerdict } from "./evaluated_set.ts";

/** For whom, and as which decision, policies are evaluated. */
export interface OwnOptions {
  readonly tenant: string;
  /** Null for what the facts are like: of an action, of a budget in force, or a bid. */
  readonly kind: DecisionKind | null;
}

/**
 * Makes policies ready to be evaluated on files.
 *
 * @param set Loaded policies.
 * @returns Rules named `policy@version/rule`; the verdict is the last effect in the
 * order of judgement, and how much of it is the amount that it left, in micros.
 */
export function ownPolicies(
  set: PolicySet,
  { tenant, kind }: OwnOptions,
): EvaluatedSet {
  const { documents } = set;
  const lists = new Map(set.lists.map((one) => [one.list, one]));
  const checked = documents.flatMap((document) =>
    checkRules(`${document.policy}.json`, document, lists)
      .map((one) => ({ ...one, name: nameOf(document, one.rule) }))
  );
  let explainAll: ReturnType<typeof compileExplanations> | null = null;
  const skipping = new Set(documents.flatMap(skippingRules));
  return {
    rules: checked.map(({ name, rule: { effect } }) => ({ id: name, effect })),
    findStray: findStrayFacts,
    explain: (context) => {
      const { amountMicros, currentMicros } = amountsOf(context);
      explainAll ??= compileExplanations(
        checked.map(({ name, when, to }) => ({ rule: name, when, to })),
      );
      return explainAll(withAmount(context, amountMicros, currentMicros));
    },
    evaluate: (context) => {
      const channel = readFact(context, "context.channel");
      const verdict = set.judge(kind ?? kindOf(context, documents), context, {
        tenant,
        channel: typeof channel === "string" ? channel : null,
        ...amountsOf(context),
      });
      return verdictOf(verdict, skipping);
    },
  };
}

function nameOf(
  { policy, version }: PolicyDocument,
  { id }: { readonly id: string },
): string {
  return `${policy}@${version}/${id}`;
}

function skippingRules(document: PolicyDocument): string[] {
  return document.rules
    .filter((rule) => onMissingOf(document, rule) === "skip")
    .map((rule) => nameOf(document, rule));
}

function kindOf(
  context: Facts,
  documents: readonly PolicyDocument[],
): DecisionKind {
  const likely = typeof readFact(context, "context.action") === "string"
    ? "action"
    : microsAt(context, "amount.currentMicros") !== null
    ? "budget"
    : "bid";
  const kinds = documents.flatMap(({ on }) => on);
  return kinds.includes(likely) ? likely : kinds[0] ?? likely;
}

function amountsOf(context: Facts) {
  return {
    amountMicros: microsAt(context, "amount.micros"),
    currentMicros: microsAt(context, "amount.currentMicros"),
  };
}

/** Micros that are none, such as a fraction, are missing. */
function microsAt(context: Facts, path: string): number | null {
  const found = readFact(context, path);
  return Number.isSafeInteger(found) && Number(found) >= 0
    ? Number(found)
    : null;
}

function verdictOf(
  { allowed, applied }: Verdict,
  skipping: ReadonlySet<string>,
): SetVerdict {
  const fired = applied.filter(({ rule, missing }) =>
    !(missing && skipping.has(rule))
  );
  const effects = effectsOf(fired);
  return {
    verdict: allowed ? fired.at(-1)?.effect ?? "allow" : "deny",
    fired: fired.map(({ rule }) => rule),
    unknown: applied.filter(({ missing }) => missing).map(({ rule }) => rule),
    ...Object.keys(effects).length === 0 ? {} : { effects },
  };
}

function effectsOf(fired: readonly AppliedRule[]): Effects {
  const effects: Record<string, Record<string, number | true | null>> = {};
  for (const { rule, effect, beforeMicros, afterMicros } of fired) {
    if (effect === "deny") continue;
    const left = beforeMicros === afterMicros ? true : afterMicros;
    (effects[effect] ??= {})[rule] = left;
  }
  return effects;
}
