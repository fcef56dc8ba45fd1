/**
 * `moe policy eval` reads sets and contexts in every form, and says what is wrong.
 *
 * @module
 */
import assert from "node:assert/strict";
import { policyEval } from "./eval.ts";
import { runOnFiles } from "./captured_test.ts";

const SET = {
  name: "guard",
  rules: [
    {
      id: "too_much",
      effect: "deny",
      when: { ">": [{ var: "spend" }, 500] },
    },
    {
      id: "look",
      effect: "flag",
      when: { "==": [{ var: "country" }, "KP"] },
      onMissing: "skip",
    },
  ],
};

const ALLOWED = { spend: 1, country: "DE" };
const FLAGGED = { spend: 1, country: "KP" };

const POLICY = {
  policy: "bound",
  version: 1,
  owner: "tests",
  about: "an example",
  on: ["bid"],
  onMissing: "deny",
  rules: [{
    id: "listed",
    when: { in: [{ var: "context.channel" }, { list: "closed" }] },
    effect: "deny",
    reason: "closed",
  }],
  cases: [
    { note: "in", facts: { context: { channel: "tv" } }, want: ["listed"] },
    { note: "out", facts: { context: { channel: "sms" } }, want: [] },
    { note: "none", facts: {}, want: ["listed"] },
  ],
};

const LIST = {
  list: "closed",
  version: 1,
  owner: "tests",
  about: "an example",
  items: ["tv"],
};

const ARGS = ["--set", "@set.json", "--contexts", "@contexts.json"];

Deno.test.each<{ note: string; contexts: unknown; want: number }>([
  { note: "an array", contexts: [ALLOWED, FLAGGED], want: 2 },
  { note: "one object", contexts: ALLOWED, want: 1 },
  {
    note: "one object over many lines",
    contexts: JSON.stringify(ALLOWED, null, 2),
    want: 1,
  },
  {
    note: "lines, one of them empty",
    contexts: `${JSON.stringify(ALLOWED)}\n\n${JSON.stringify(FLAGGED)}\r\n`,
    want: 2,
  },
])("policy eval reads $note", async ({ contexts, want }) => {
  const { lines } = await runOnFiles(policyEval, [...ARGS, "--json"], {
    "set.json": SET,
    "contexts.json": contexts,
  });
  const said = JSON.parse(lines.join("\n"));
  assert.equal(said.length, want);
  assert.equal(lines.length, want + 2);
  assert.deepEqual(said[0], {
    context: 0,
    verdict: "allow",
    fired: [],
    unknown: [],
  });
});

Deno.test("policy eval prints a table and totals by rule", async () => {
  const { code, lines } = await runOnFiles(policyEval, ARGS, {
    "set.json": SET,
    "contexts.json": [ALLOWED, FLAGGED, { country: "KP" }],
  });
  assert.equal(code, 0);
  assert.deepEqual(lines, [
    "context  verdict  fired          unknown",
    "───────  ───────  ─────────────  ────────",
    "      0  allow",
    "      1  flag     look",
    "      2  deny     too_much look  too_much",
    "",
    "rule      effect  fired  unknown",
    "────────  ──────  ─────  ───────",
    "too_much  deny        1        1",
    "look      flag        2        0",
    "",
    "3 contexts: 1 allow, 1 flag, 1 deny",
  ]);
});

Deno.test("policy eval --explain says what each condition saw", async () => {
  const files = { "set.json": SET, "contexts.json": [{ country: "KP" }] };
  const { lines } = await runOnFiles(policyEval, [...ARGS, "--explain"], files);
  assert.deepEqual(lines.slice(0, 6), [
    "context 0: deny",
    "  too_much is unknown; missing spend",
    "    unknown: spend > 500 (spend: missing)",
    "  look is true",
    '    true: country = "KP" (country: "KP")',
    "",
  ]);
  const json = await runOnFiles(
    policyEval,
    [...ARGS, "--explain", "--json"],
    files,
  );
  const [{ rules }] = JSON.parse(json.lines.join("\n"));
  assert.deepEqual(rules[0], {
    rule: "too_much",
    holds: null,
    conditions: [{ text: "spend > 500", holds: null, facts: { spend: null } }],
    missing: ["spend"],
  });
});

Deno.test("policy eval loads a policy with the lists of its folder", async () => {
  const files = {
    "bound.json": POLICY,
    "closed.json": LIST,
    "contexts.json": [{ context: { channel: "tv" } }, { context: {} }],
  };
  const args = ["--set", "@bound.json", "--contexts", "@contexts.json"];
  const { lines } = await runOnFiles(policyEval, [...args, "--json"], files);
  const said = JSON.parse(lines.join("\n"));
  assert.deepEqual(said[0].fired, ["bound@1/listed"]);
  assert.deepEqual(said[1].unknown, ["bound@1/listed"]);
  assert.equal(said[1].verdict, "deny");
});

Deno.test.each<{ note: string; files: Record<string, unknown>; says: RegExp }>([
  { note: "no set", files: {}, says: /Cannot read contexts .*does not exist/ },
  {
    note: "no contexts",
    files: { "contexts.json": [] },
    says: /it holds no context$/,
  },
  {
    note: "an empty file",
    files: { "contexts.json": "" },
    says: /it holds no context$/,
  },
  {
    note: "contexts that are none",
    files: { "contexts.json": [{}, 7] },
    says: /context 1 is no object of facts$/,
  },
  {
    note: "a broken line",
    files: { "contexts.json": '{"a":1}\n{"a":' },
    says: /line 2 is not JSON$/,
  },
  {
    note: "an array cut short",
    files: { "contexts.json": '[{"a":1}' },
    says: /it is not JSON/,
  },
  {
    note: "contexts without a set",
    files: { "contexts.json": [{}] },
    says: /Cannot read rule set ".*": it does not exist/,
  },
  {
    note: "a set that is no JSON",
    files: { "contexts.json": [{}], "set.json": "{" },
    says: /Cannot load policy "set.json": no JSON/,
  },
  {
    note: "a condition given twice",
    files: { "contexts.json": [{}], "set.json": '{"rules":[{"a":1,"a":2}]}' },
    says: /member "a" is given twice/,
  },
  {
    note: "a policy that fails its case",
    files: {
      "contexts.json": [{}],
      "set.json": {
        ...POLICY,
        policy: "set",
        rules: [{ id: "listed", effect: "deny", reason: "all" }],
      },
    },
    says: /Cannot load policy "set.json": at cases\[1\]: case "out" wanted/,
  },
])("policy eval refuses $note", async ({ files, says }) => {
  await assert.rejects(runOnFiles(policyEval, ARGS, files), { message: says });
});

Deno.test("policy eval names facts that no policy can read, beside what it says", async () => {
  const contexts = [
    { context: { chanel: "tv" } },
    { context: { channel: 5, chanel: null } },
    { context: { channel: "tv" } },
    { deep: { deeper: { deepest: { of: { all: 1 } } } } },
  ];
  const args = ["--set", "@bound.json", "--contexts", "@contexts.json"];
  const { code, lines } = await runOnFiles(policyEval, args, {
    ...{ "bound.json": POLICY, "closed.json": LIST },
    "contexts.json": contexts,
  });
  assert.equal(code, 0);
  const stray = lines.slice(lines.findIndex((line) => /^fact/.test(line)));
  assert.deepEqual(stray.map((line) => line.slice(0, 70)), [
    'fact "context.chanel": unknown fact; did you mean "context.channel"? (',
    'fact "context.channel": expected string or null',
    'fact "deep.deeper.deepest": unknown fact; did you mean "counts.deeper.',
  ]);
  assert.match(stray[0] ?? "", /\(2 contexts\)$/);
  const own = await runOnFiles(policyEval, ARGS, {
    "set.json": SET,
    "contexts.json": contexts,
  });
  assert.ok(!own.lines.some((line) => /unknown fact/.test(line)));
});
