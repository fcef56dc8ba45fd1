/**
 * What is checked of proposed policies, as evidence for those who review them.
 *
 * @module
 */
import type { EvidenceItem } from "../../domain/change.ts";
import type { PolicyDocument } from "../../domain/verdict.ts";
import { coverConditions } from "../coverage/cover_conditions.ts";
import { scoreMutants } from "../coverage/mutation_score.ts";
import { printGoal, printMutant } from "../coverage/propose_cases.ts";
import type { PolicyReport } from "../document/check.ts";
import type { Lists } from "../document/document.ts";
import { sayDifference } from "../explain/diff_sentences.ts";
import type { PolicySet } from "../judge/policy_set.ts";
import { analyseSet } from "../meaning/analyse.ts";
import { type ChangeMeaning, reviewClass } from "../meaning/compare.ts";

/** Share of small mistakes that the cases of a touched policy must notice. */
const LEAST_SCORE = 0.8;
/** Findings on rules that reviewers are to know of. */
const TOLD = ["never fires", "always fires", "shadowed", "contradicts"];

/** What a policy's own cases came to, and whether it parses at all. */
export function itemsOfReports(
  reports: readonly PolicyReport[],
): readonly EvidenceItem[] {
  const failures = reports.flatMap(({ file, failures }) =>
    failures.map((failure) => ({ file, failure }))
  );
  const isCase = ({ failure }: { failure: string }) =>
    failure.startsWith("cases[");
  const [failed, unsound] = [
    failures.filter(isCase),
    failures.filter((one) => !isCase(one)),
  ];
  const cases = reports.reduce((sum, one) => sum + one.cases, 0);
  return [
    item("types", unsound.length === 0, {
      summary: unsound[0]?.failure ?? `${count(reports.length, "file")} hold`,
    }),
    item("cases", failed.length === 0, {
      summary: failed[0]
        ? `${failed[0].file} ${failed[0].failure}`
        : `${count(cases, "case")} pass`,
    }),
  ];
}

/** Rules that say nothing, too much, or against others; a touched one must be able to fire. */
export function lint(
  set: PolicySet,
  touched: readonly PolicyDocument[],
): EvidenceItem {
  const names = touched.map(({ policy, version }) => `${policy}@${version}/`);
  const findings = analyseSet(set).findings
    .filter(({ kind, rules }) =>
      TOLD.includes(kind) &&
      rules.some((rule) => names.some((name) => rule.startsWith(name)))
    );
  const lines = findings.map(({ kind, rules }) =>
    `${kind}: ${rules.join(", ")}`
  );
  const dead = findings.filter(({ kind }) => kind === "never fires")
    .flatMap(({ rules }) => rules);
  return item("lint", dead.length === 0, {
    summary: dead.length > 0
      ? `${dead.join(", ")} never fires; mend or remove it`
      : lines.length === 0
      ? "nothing stands out"
      : lines.join("; "),
    report: lines,
  });
}

/** What the cases of touched policies show of their conditions. */
export function cover(
  touched: readonly PolicyDocument[],
  lists: Lists,
): EvidenceItem {
  const covered = touched.map((document) => ({
    ...coverConditions(document, lists),
    policy: document.policy,
  }));
  const open = covered.flatMap(({ policy, open }) =>
    open.filter(({ witness }) => witness !== null)
      .map((goal) => `${policy}/${printGoal(goal)}`)
  );
  const met = covered.reduce((sum, one) => sum + one.met, 0);
  return item("coverage", open.length === 0, {
    summary: open.length === 0
      ? `${count(met, "outcome")} of conditions shown, all that can be`
      : `no case shows ${open[0]}${
        more(open)
      }; "moe policy cases" proposes what is missing`,
    report: { met, open },
  });
}

/** How many small mistakes in touched policies their cases notice. */
export function score(
  touched: readonly PolicyDocument[],
  lists: Lists,
): EvidenceItem {
  const scored = touched.map((document) => ({
    policy: document.policy,
    ...scoreMutants(document, lists),
  }));
  const policies = scored.map(({ policy, score, killed, survivors }) => ({
    ...{ policy, score, killed: killed.length },
    survivors: survivors.map(({ mutant }) =>
      `${policy}/${printMutant(mutant)}`
    ),
  }));
  const least = policies.toSorted((a, b) => a.score - b.score)[0];
  const survivors = policies.flatMap(({ survivors }) => survivors);
  const passed = least === undefined || least.score >= LEAST_SCORE;
  return item("mutation", passed, {
    summary: least === undefined
      ? "no policy is touched"
      : `the cases of ${least.policy} notice ${
        (Math.floor(1000 * least.score) / 10).toFixed(1)
      } % of small mistakes${
        passed ? "" : `, less than ${100 * LEAST_SCORE} %`
      }; ${count(survivors.length, "mistake")} ${
        survivors.length === 1 ? "passes" : "pass"
      } in all`,
    report: { policies, survivors },
  });
}

/** What a change means for decisions, with decisions that show it. */
export function explainMeaning(
  meaning: ChangeMeaning,
  [before, after]: readonly [PolicySet, PolicySet],
): EvidenceItem {
  const { class: found, proven, changed, counterexamples } = meaning;
  const doubt = proven
    ? "proven"
    : `not proven, and so reviewed as ${reviewClass(meaning)}`;
  const shown = count(counterexamples.length, "decision");
  return item("meaning", true, {
    summary: `it is ${found}, ${doubt}; ${shown} that ${
      counterexamples.length === 1 ? "differs" : "differ"
    }`,
    report: {
      ...{ class: found, proven, changed, counterexamples },
      sentences: sayDifference(before, after),
    },
  });
}

/** An item that nothing is measured for, since there is nothing to compare with. */
export function unmeasured(name: string): EvidenceItem {
  return item(name, true, { summary: "not measured: nothing to compare with" });
}

function item(
  name: string,
  passed: boolean,
  told: Pick<EvidenceItem, "summary" | "report">,
): EvidenceItem {
  return { name, passed, ...told };
}

function count(of: number, what: string): string {
  return `${of} ${what}${of === 1 ? "" : "s"}`;
}

function more({ length }: readonly unknown[]): string {
  return length > 1 ? ` and ${length - 1} more` : "";
}
