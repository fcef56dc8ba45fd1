/**
 * A merge keeps what either side changed, and asks a person where both changed the same.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { PolicyDocument, PolicyList } from "../../domain/verdict.ts";
import { compilePolicySet, parsePolicyContent } from "../judge/policy_set.ts";
import { mergeContents } from "./merge_contents.ts";

const NAMES = ["a", "b", "c"] as const;

/** Version of each policy and list; 0 where it is absent. */
type Versions = readonly number[];

const anyVersions: fc.Arbitrary<Versions> = fc.array(
  fc.integer({ min: 0, max: 2 }),
  { minLength: 2 * NAMES.length, maxLength: 2 * NAMES.length },
);

Deno.test("mergeContents() takes what one side changed, and nothing where both differ", () => {
  fc.assert(
    fc.property(
      ...[anyVersions, anyVersions, anyVersions] as const,
      (mine, base, now) => {
        const merged = mergeContents(
          ...[textOf(mine), textOf(base), textOf(now)] as const,
        );
        const wanted = mine.map((my, at) =>
          my === base[at] ? now[at] : now[at] === base[at] ? my : now[at]
        ) as number[];
        const isConflict = mine.some((my, at) =>
          my !== base[at] && now[at] !== base[at] && my !== now[at]
        );
        assert.equal(merged, isConflict ? null : textOf(wanted));
      },
    ),
  );
});

Deno.test("mergeContents() asks a person where what comes of it does not hold together", () => {
  const list = listOf("a", 1);
  const reading = policyOf("reads", 1, {
    in: [{ var: "context.campaign" }, { list: "a" }],
  });
  const base = compilePolicySet([], { lists: [list] }).text;
  const mine = compilePolicySet([reading], { lists: [list] }).text;
  const now = compilePolicySet([]).text;
  assert.equal(mergeContents(mine, base, now), null);
  assert.deepEqual(
    parsePolicyContent(mergeContents(mine, base, base) ?? "").policies.map(
      ({ policy }) => policy,
    ),
    ["reads"],
  );
});

function textOf(versions: Versions): string {
  const [policies, lists] = [
    versions.slice(0, NAMES.length),
    versions.slice(NAMES.length),
  ];
  const documents = NAMES.flatMap((name, at) =>
    policies[at] ? [policyOf(name, policies[at])] : []
  );
  return compilePolicySet(documents, {
    lists: NAMES.flatMap((name, at) =>
      lists[at] ? [listOf(name, lists[at])] : []
    ),
  }).text;
}

function policyOf(
  policy: string,
  version: number,
  when: PolicyDocument["rules"][number]["when"] = true,
): PolicyDocument {
  const rule = { id: "no", effect: "deny", when, reason: "Because" } as const;
  return {
    ...{ policy, version, owner: "tests", about: "One rule", on: ["bid"] },
    rules: [rule],
    cases: [{ note: "not run here", facts: {}, want: [] }],
  };
}

function listOf(list: string, version: number): PolicyList {
  const said = { owner: "tests", about: "Names" };
  return { list, version, ...said, items: [`c-${version}`] };
}
