/**
 * Small mistakes that an author can make in a policy, one at a time.
 *
 * What no case can show is left out: the window of a limit and what it is counted
 * apart by (a case is given its count), the items of shared lists (they are data
 * with owners of their own), and how much a rule bounds the budgets of a plan together
(a case shows only whether it does).
 *
 * @module
 */
import {
  type Effect,
  type OnMissing,
  type PolicyDocument,
  type PolicyRule,
  type Schedule,
  WEEKDAYS,
} from "../../domain/verdict.ts";
import { onMissingOf } from "../judge/stage.ts";
import { changesOf } from "./mutate_logic.ts";

/** A policy with one mistake in it. */
export interface Mutant {
  /** Id of the rule that is changed; null where it is the whole policy. */
  readonly rule: string | null;
  /** What was changed to what, such as `200 -> 201`. */
  readonly change: string;
  /** What stands around it, in short; null where the change shows it itself. */
  readonly within: string | null;
  readonly document: PolicyDocument;
}

interface Change<T> {
  readonly changed: T;
  readonly change: string;
  readonly within?: string | null;
}

/** Effects that take the same members. */
const CONFUSED: Readonly<Partial<Record<Effect, Effect>>> = {
  deny: "review",
  review: "deny",
  cap: "floor",
  floor: "cap",
};

const NUMBERS = ["byPermille", "by", "most"] as const;
const ON_MISSING: readonly OnMissing[] = ["deny", "apply", "skip"];

/** Lists every single change of a policy; some may not pass the checks. */
export function mutate(document: PolicyDocument): readonly Mutant[] {
  const inRules = document.rules.flatMap((rule, index) =>
    changesOfRule(document, rule).map((one) => ({
      rule: rule.id,
      change: one.change,
      within: one.within ?? null,
      document: {
        ...document,
        rules: document.rules.with(index, one.changed),
      },
    }))
  );
  const inScope = changesOfScope(document).map(({ changed, change }) => ({
    rule: null,
    change,
    within: null,
    document: changed,
  }));
  return [...inRules, ...inScope];
}

function changesOfRule(
  document: PolicyDocument,
  rule: PolicyRule,
): readonly Change<PolicyRule>[] {
  const seenOfAll = [
    ...changeWhen(rule),
    ...rule.during ? changeDuring(rule, rule.during) : [],
    ...changeOnMissing(document, rule),
  ];
  if (rule.over) return seenOfAll;
  return [
    ...seenOfAll,
    ...changeBound(rule),
    ...changeNumbers(rule),
    ...changeEffect(rule),
  ];
}

function changeWhen(rule: PolicyRule): readonly Change<PolicyRule>[] {
  const { when, ...always } = rule;
  if (when === undefined) return [];
  const changes = changesOf(when, true).map(({ logic, ...told }) => ({
    ...told,
    changed: { ...rule, when: logic },
  }));
  return [...changes, { changed: always, change: '"when" dropped' }];
}

function changeBound(rule: PolicyRule): readonly Change<PolicyRule>[] {
  if (rule.to === undefined) return [];
  return changesOf(rule.to, false).map(({ logic, ...told }) => ({
    ...told,
    changed: { ...rule, to: logic },
  }));
}

function changeNumbers(rule: PolicyRule): readonly Change<PolicyRule>[] {
  return NUMBERS.flatMap((member) => {
    const was = rule[member];
    if (was === undefined) return [];
    return [was - 1, was + 1].map((is) => ({
      changed: { ...rule, [member]: is },
      change: `"${member}" ${was} -> ${is}`,
    }));
  });
}

function changeEffect(rule: PolicyRule): readonly Change<PolicyRule>[] {
  const other = CONFUSED[rule.effect];
  if (other === undefined) return [];
  const change = `"${rule.effect}" -> "${other}"`;
  return [{ changed: { ...rule, effect: other }, change }];
}

function changeOnMissing(
  document: PolicyDocument,
  rule: PolicyRule,
): readonly Change<PolicyRule>[] {
  const was = onMissingOf(document, rule);
  const denies = rule.effect === "deny" || rule.over !== undefined ||
    (rule.effect === "limit" && rule.of !== "micros");
  const others = denies
    ? [was === "skip" ? "deny" as const : "skip" as const]
    : ON_MISSING.filter((is) => is !== was);
  return others.map((is) => ({
    changed: { ...rule, onMissing: is },
    change: `"onMissing" ${was} -> ${is}`,
  }));
}

function changeDuring(
  rule: PolicyRule,
  during: Schedule,
): readonly Change<PolicyRule>[] {
  const bounds = (["from", "to"] as const).flatMap((member) => {
    const was = during[member];
    if (was === undefined) return [];
    return [-1, 1].map((step) => moveBound(during, { member, was, step }));
  });
  return [
    ...bounds,
    ...changeDays(during),
    ...dropMembers(during),
  ].map((one) => ({
    ...one,
    changed: { ...rule, during: one.changed },
    within: JSON.stringify(during),
  }));
}

function moveBound(
  during: Schedule,
  by: { member: "from" | "to"; was: string; step: number },
): Change<Schedule> {
  const [hour = 0, minute = 0] = by.was.split(":").map(Number);
  const moved = (hour * 60 + minute + by.step + 1440) % 1440;
  const parts = [Math.floor(moved / 60), moved % 60];
  const is = parts.map((part) => String(part).padStart(2, "0")).join(":");
  return {
    changed: { ...during, [by.member]: is },
    change: `"${by.member}" ${by.was} -> ${is}`,
  };
}

/** Drops each day that is named, and adds each weekday that is not. */
function changeDays(during: Schedule): readonly Change<Schedule>[] {
  const { weekdays = [], dates = [] } = during;
  const named = "list" in dates ? [] : dates;
  return [
    ...dropEach(weekdays, (kept) => ({ ...during, weekdays: kept })),
    ...dropEach(named, (kept) => ({ ...during, dates: kept })),
    ...(weekdays.length === 0 ? [] : WEEKDAYS)
      .filter((day) => !weekdays.includes(day)).map((day) => ({
        changed: { ...during, weekdays: [...weekdays, day] },
        change: `${day} added`,
      })),
  ];
}

function dropEach<T extends string, Whole>(
  of: readonly T[],
  keep: (kept: readonly T[]) => Whole,
): readonly Change<Whole>[] {
  if (of.length < 2) return [];
  return of.map((one, index) => ({
    changed: keep(of.toSpliced(index, 1)),
    change: `${one} dropped`,
  }));
}

/** Lets each part of a schedule go: hours, weekdays, dates. */
function dropMembers(during: Schedule): readonly Change<Schedule>[] {
  return (["from", "to", "weekdays", "dates"] as const).flatMap((member) => {
    const { [member]: dropped, ...kept } = during;
    if (dropped === undefined) return [];
    return [{ changed: kept, change: `"${member}" dropped` }];
  });
}

function changesOfScope(
  document: PolicyDocument,
): readonly Change<PolicyDocument>[] {
  const { appliesTo, ...everywhere } = document;
  if (!appliesTo) return [];
  return (["tenants", "channels"] as const).flatMap((member) => {
    const { [member]: names, ...others } = appliesTo;
    if (names === undefined) return [];
    const open = Object.keys(others).length === 0
      ? everywhere
      : { ...everywhere, appliesTo: others };
    return [
      ...dropEach(names, (kept) => ({
        ...everywhere,
        appliesTo: { ...appliesTo, [member]: kept },
      })),
      { changed: open, change: `"appliesTo.${member}" dropped` },
    ];
  });
}
