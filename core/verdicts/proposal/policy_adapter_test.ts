/**
 * What is found out about proposed policies: what they do, whom they concern, and what
 * is to be mended first.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Scope } from "../../ports/governance.ts";
import { compilePolicySet } from "../judge/policy_set.ts";
import {
  at,
  BLOCKED,
  cap,
  check,
  consent,
  deskOf,
  itemOf,
  ruled,
  stop,
} from "./proposal_desk_test.ts";

Deno.test.each([
  { note: "a lower cap tightens", after: [cap(4)], want: "tightening" },
  { note: "a higher cap relaxes", after: [cap(6)], want: "relaxing" },
  { note: "none at all relaxes", after: [], want: "relaxing" },
  {
    note: "another owner changes nothing",
    after: [{ ...cap(5), owner: "sales" }],
    want: "equivalent",
  },
])("$note", async ({ after, want }) => {
  const found = await check({ after, before: [cap(5)] });
  assert.deepEqual(found.problems, []);
  assert.equal(found.class, want);
  assert.equal(found.proven, true);
  const failed = found.items.filter(({ passed }) => !passed);
  assert.deepEqual(failed, []);
  const meaning = itemOf(found, "meaning").report as {
    readonly sentences: readonly string[];
    readonly counterexamples: readonly unknown[];
  };
  assert.notEqual(meaning.sentences.length, 0);
  assert.equal(meaning.counterexamples.length > 0, want !== "equivalent");
});

Deno.test("all that is required is found out", async () => {
  const { adapter } = deskOf();
  const found = await check({ after: [cap(4)], before: [cap(5)] });
  assert.deepEqual(
    found.items.map(({ name }) => name).sort(),
    [...adapter.requires].sort(),
  );
});

Deno.test("owners are those of what is added, removed or changed, before and after", async () => {
  const other = { ...cap(9), policy: "other", owner: "sales" };
  const found = await check({
    before: [cap(5), other],
    after: [{ ...cap(5), owner: "finance" }, other],
  });
  assert.deepEqual(found.owners, ["finance", "growth"]);
  const gone = await check({ before: [cap(5), other], after: [cap(5)] });
  assert.deepEqual(gone.owners, ["sales"]);
  const lists = await check({
    ...{ before: [stop(), other], after: [stop(), other], lists: [BLOCKED] },
    newLists: [{ ...BLOCKED, version: 2, items: ["c-1", "c-2"] }],
  });
  assert.deepEqual(
    [lists.owners, lists.class],
    [["brand", "growth"], "tightening"],
    "whoever answers for what reads the list is asked too",
  );
  const { policies } = itemOf(lists, "mutation").report as {
    readonly policies: readonly { readonly policy: string }[];
  };
  assert.deepEqual(
    policies.map(({ policy }) => policy),
    ["stop"],
    "what reads a changed list is touched",
  );
});

Deno.test.each([
  { note: "what privacy owns", after: { ...cap(4), owner: "privacy" } },
  { note: "facts about people", after: consent("ceiling") },
])("privacy agrees with $note", async ({ after }) => {
  const found = await check({ before: [cap(5)], after: [after] });
  assert.deepEqual(found.guardians, ["privacy"]);
  const back = await check({ before: [after], after: [cap(5)] });
  assert.deepEqual(back.guardians, ["privacy"], "and with taking it away");
  const beside = { ...consent("beside"), owner: "privacy" };
  const other = await check({
    before: [cap(5), beside],
    after: [cap(4), beside],
  });
  assert.deepEqual(other.guardians, [], "not with what does not touch it");
});

Deno.test.each([
  {
    note: "a case that fails",
    document: { ...cap(5), cases: [{ note: "x", facts: {}, want: ["most"] }] },
    want: /ceiling\.json cases\[0\] "x" wanted most to fire/,
  },
  {
    note: "an unknown fact",
    document: ruled({ effect: "deny", when: { var: "budget.kolour" } }),
    want: /kolour/,
  },
])("$note is a problem, and nothing else is asked", async (
  { document, want },
) => {
  const { adapter, replayed } = deskOf();
  const text = JSON.stringify([document]);
  const found = await adapter.check(text, null, at("acme"));
  assert.match(found.problems.join("\n"), want);
  assert.equal(replayed.length, 0);
  assert.match((await adapter.recheck(text)).join("\n"), want);
});

Deno.test("a touched rule that can never fire fails, an old one beside it does not", async () => {
  const dead = {
    ...ruled({
      effect: "deny",
      when: {
        and: [
          { ">": [{ var: "amount.micros" }, 20] },
          { "<": [{ var: "amount.micros" }, 6] },
        ],
      },
    }),
    policy: "dead",
    cases: [{ note: "high", facts: { amount: { micros: 30 } }, want: [] }],
  };
  const touched = await check({ before: [cap(5)], after: [cap(5), dead] });
  assert.deepEqual(touched.problems, []);
  assert.equal(itemOf(touched, "lint").passed, false);
  assert.match(itemOf(touched, "lint").summary, /dead@1\/most never fires/);
  const old = await check({ before: [cap(5), dead], after: [cap(4), dead] });
  assert.equal(itemOf(old, "lint").passed, true);
});

Deno.test("weak cases fail coverage and mutation, naming what helps", async () => {
  const [first] = cap(4).cases;
  const weak = { ...cap(4), cases: first ? [first] : [] };
  const found = await check({ before: [cap(5)], after: [weak] });
  assert.equal(itemOf(found, "coverage").passed, false);
  assert.match(
    itemOf(found, "coverage").summary,
    /"moe policy cases" proposes/,
  );
  const sole = { ...cap(4), cases: [{ note: "none", facts: {}, want: [] }] };
  const none = await check({ before: [cap(5)], after: [sole] });
  assert.equal(itemOf(none, "mutation").passed, false);
  assert.match(
    itemOf(none, "mutation").summary,
    /notice 0\.0 %.*less than 80 %/,
  );
});

Deno.test.each<{ note: string; scope: Scope; name: string; want: RegExp }>([
  {
    note: "the deployment's, named as a tenant's own",
    scope: null,
    name: "own_ceiling",
    want: /names that begin with "own_" .* rename it/,
  },
  {
    note: "a tenant's own, named as the deployment's",
    scope: "acme",
    name: "ceiling",
    want: /name it "own_ceiling"/,
  },
])("$note are misplaced", async ({ scope, name, want }) => {
  const document = { ...cap(4), policy: name };
  const found = await check({ scope, before: [], after: [document] });
  assert.match(found.problems.join("\n"), want);
});

Deno.test("a tenant's own policies bind no other tenant and turn no switch on", async () => {
  const own = { ...cap(4), policy: "own_cap" };
  const foreign = { ...own, appliesTo: { tenants: ["blue"] } };
  const { adapter } = deskOf();
  const text = compilePolicySet([foreign], {
    switches: [{ id: "x", stops: {}, reason: "y" }],
  }).text;
  const { problems } = await adapter.check(text, null, at("acme"));
  assert.match(problems.join("\n"), /may not apply to tenant "blue"/);
  assert.match(problems.join("\n"), /turned on and released by themselves/);
});

Deno.test("what a tenant's own policies mean is found out beside the deployment's and without", async () => {
  const own = { ...cap(7), policy: "own_cap" };
  const asked = { scope: "acme", before: [], after: [own] } as const;
  const alone = await check({ ...asked, deployment: [] });
  assert.equal(alone.class, "tightening");
  const beside = await check({ ...asked, deployment: [cap(5)] });
  assert.equal(beside.class, "tightening", "it is as soon as theirs is gone");
  const gone = await check({
    ...{ ...asked, before: [own], after: [], deployment: [cap(5)] },
  });
  assert.equal(gone.class, "relaxing", "theirs hides it only as long as it is");
});

Deno.test("what an older engine put into force keeps nobody from mending it", async () => {
  const { adapter } = deskOf();
  const { text } = compilePolicySet([cap(5)]);
  const own = compilePolicySet([{ ...cap(4), policy: "own_cap" }]).text;
  for (const base of ['[{"policy":"ceiling"}]', "{"]) {
    for (const [scope, content] of [[null, text], ["acme", own]] as const) {
      const found = await adapter.check(content, base, at(scope));
      assert.deepEqual(found.problems, []);
      assert.deepEqual([found.class, found.proven], ["mixed", false]);
    }
  }
});

Deno.test("a text that is not canonical is a problem: its hash would be of no set", async () => {
  const text = JSON.stringify([cap(4)], null, 1);
  const { adapter } = deskOf();
  const { problems } = await adapter.check(text, null, at(null));
  assert.match(problems.join("\n"), /not canonical/);
});

Deno.test("a first installation is held by its cases, and compared with nothing", async () => {
  const { adapter, replayed } = deskOf();
  const { text } = compilePolicySet([cap(5)]);
  const found = await adapter.check(text, null, at(null));
  assert.deepEqual([found.problems, replayed], [[], []]);
  assert.ok(found.items.every(({ passed }) => passed));
  assert.match(itemOf(found, "replay").summary, /^not measured/);
  assert.equal(itemOf(found, "cases").summary, "2 cases pass");
  const own = await check({
    ...{ scope: "acme", before: null },
    after: [{ ...cap(4), policy: "own_cap" }],
  });
  assert.match(itemOf(own, "mutation").summary, /own_cap notice 100\.0 %/);
});
