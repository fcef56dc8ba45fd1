/**
 * The world of random histories: people and services, contents that are small enough to
 * try every case, what machines find out about them, and the truth to compare it with.
 *
 * @module
 */
import { canonicalJson, digest, sha256 } from "../domain/canonical.ts";
import type { Actor, ChangeClass } from "../domain/change.ts";
import type { Instant } from "../domain/day.ts";
import type { ChangeAdapter, Findings } from "../ports/governance.ts";
import { createSwitchAdapter } from "./switch_adapter.ts";

/** Who acts, and what is true of them whatever an event says. */
export const ACTORS: readonly Actor[] = [
  { name: "ann", human: true, groups: [] },
  { name: "bob", human: true, groups: ["finance"] },
  { name: "cyd", human: true, groups: ["privacy"] },
  { name: "dee", human: true, groups: ["finance", "privacy"] },
  { name: "bot", human: false, groups: ["finance", "privacy"] },
];

/** What policies say here: how much may be spent, on whom not, and whether consent is read. */
export interface Content {
  /** 1 to 4: spend of at most so much is allowed. */
  readonly limit: number;
  /** Entities on which nothing is spent, of `a`, `b`, `c`. */
  readonly list: readonly string[];
  readonly consent: boolean;
  /** Release that it was written for. */
  readonly schema: number;
}

/** Evidence that was really gathered. */
export interface Gathered {
  readonly content: string;
  readonly base: string | null;
  readonly sound: boolean;
}

/** What governance is told, and what only the test knows. */
export interface World {
  /** Milliseconds; each act takes one. */
  now: number;
  /** Least schema that is understood, by when. */
  readonly schemas: { readonly at: Instant; readonly least: number }[];
  /** Changes what is found out, without changing what is true. */
  salt: number;
  readonly gathered: Map<string, Gathered>;
  readonly adapters: readonly ChangeAdapter[];
}

const REQUIRED = ["meaning", "replay"];

/** Makes a world. */
export function createWorld(): World {
  const world: World = {
    now: Date.parse("2026-03-01T00:00:00.000Z"),
    schemas: [],
    salt: 0,
    gathered: new Map(),
    adapters: [],
  };
  const adapters = [policiesAdapter(world), createSwitchAdapter(["finance"])];
  return Object.assign(world, {
    adapters: adapters.map((adapter) => remembering(world, adapter)),
  });
}

/** The moment it is. */
export function instantOf({ now }: World): Instant {
  return new Date(now).toISOString();
}

/** What a class of change takes, tried out on every case there is. */
export function trueClass(before: string | null, after: string): ChangeClass {
  const was = allowed(before);
  const is = allowed(after);
  const more = [...is].some((one) => !was.has(one));
  const less = [...was].some((one) => !is.has(one));
  if (more && less) return "mixed";
  return more ? "relaxing" : less ? "tightening" : "equivalent";
}

/** Groups that have to agree, as it should be. */
export function trueGroups(before: string | null, after: string): string[] {
  const relaxes = ["relaxing", "mixed"].includes(trueClass(before, after));
  const consents = [before, after].map((text) => contentOf(text)?.consent);
  return [
    ...relaxes ? ["finance"] : [],
    ...isPolicy(after) && (consents[0] ?? false) !== consents[1]
      ? ["privacy"]
      : [],
  ];
}

/** Whether nothing but the list tells two contents apart. */
export function differsByList(before: string | null, after: string): boolean {
  const [was, is] = [contentOf(before), contentOf(after)];
  return was !== null && is !== null && was.limit === is.limit &&
    was.consent === is.consent && `${was.list}` !== `${is.list}`;
}

/** Whether a content was understood at a moment. */
export function isUnderstood(world: World, text: string, at: Instant): boolean {
  const least = world.schemas.findLast((one) => one.at <= at)?.least ?? 0;
  return (contentOf(text)?.schema ?? 0) >= least;
}

function allowed(text: string | null): Set<string> {
  const cases = new Set<string>();
  for (const entity of ["a", "b", "c", "d"]) {
    for (const spend of [1, 2, 3, 4]) {
      if (isAllowed(text, entity, spend)) cases.add(`${entity}${spend}`);
    }
  }
  return cases;
}

/** Switches stop the spend of 4, of an account, on a channel; policies as they say. */
function isAllowed(text: string | null, entity: string, spend: number) {
  const parsed = text === null ? null : JSON.parse(text);
  if (parsed === null) return true;
  if ("stops" in parsed) {
    const { channel = entity, account = `${spend}` } = parsed.stops;
    return !(channel === entity && account === `${spend}`);
  }
  return spend <= parsed.limit && !parsed.list.includes(entity);
}

function isPolicy(text: string): boolean {
  return contentOf(text) !== null;
}

function contentOf(text: string | null): Content | null {
  const parsed = text === null ? null : JSON.parse(text);
  return parsed !== null && "limit" in parsed ? parsed : null;
}

/** Compares member by member, where the truth tries every case. */
function policiesAdapter(world: World): ChangeAdapter {
  return {
    kind: "policies",
    measured: true,
    requires: REQUIRED,
    check: (text, base) => Promise.resolve(findOut(world, text, base)),
    recheck: (text) =>
      Promise.resolve(
        isUnderstood(world, text, instantOf(world)) ? [] : ["old schema"],
      ),
  };
}

function findOut(world: World, text: string, base: string | null): Findings {
  const after = contentOf(text);
  const before = contentOf(base);
  if (after === null) throw new TypeError("not a policy");
  const looser = after.limit > (before?.limit ?? 4) ||
    (before?.list ?? []).some((name) => !after.list.includes(name));
  const tighter = after.limit < (before?.limit ?? 4) ||
    after.list.some((name) => !(before?.list ?? []).includes(name));
  const names = world.salt % 7 === 1 ? ["meaning"] : REQUIRED;
  return {
    class: looser
      ? tighter ? "mixed" : "relaxing"
      : tighter
      ? "tightening"
      : "equivalent",
    proven: true,
    owners: ["finance"],
    guardians: after.consent === (before?.consent ?? false) ? [] : ["privacy"],
    items: names.map((name) => ({
      name,
      passed: world.salt % 7 !== 2,
      summary: `${world.salt}`,
    })),
    problems: world.salt % 7 === 3 ? ["a case fails"] : [],
  };
}

/** Keeps what was really found out, by the hash that binds it. */
function remembering(world: World, adapter: ChangeAdapter): ChangeAdapter {
  return {
    ...adapter,
    check: async (text, base, subject) => {
      const findings = await adapter.check(text, base, subject);
      const bound = {
        content: sha256(text),
        base: base === null ? null : sha256(base),
      };
      const { items, problems } = findings;
      const names = items.map(({ name }) => name);
      const sound = problems.length === 0 &&
        items.every(({ passed }) => passed) &&
        adapter.requires.every((name) => names.includes(name));
      world.gathered.set(digest({ ...findings, ...bound }), {
        ...bound,
        sound,
      });
      return findings;
    },
  };
}

/** A content as text. */
export function textOf(content: Content): string {
  return canonicalJson(content);
}
