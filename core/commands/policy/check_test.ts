/**
 * `moe policy check` and `moe policy cases`: from a weak policy to one that bites.
 *
 * @module
 */
import assert from "node:assert/strict";
import { runOnFiles } from "./captured_test.ts";
import { policyCheck } from "./check.ts";
import { policyCases } from "./propose_cases.ts";

const STOPPED = {
  ...{ list: "stopped", version: 1, owner: "test", about: "test" },
  items: ["c-1"],
};

const WEAK = {
  ...{ policy: "weak", version: 1, owner: "test", about: "test" },
  on: ["bid"],
  onMissing: "deny",
  rules: [{
    id: "stop",
    effect: "deny",
    when: { in: [{ var: "context.campaign" }, { list: "stopped" }] },
    reason: "because",
  }],
  cases: [{
    note: "stopped",
    facts: { context: { campaign: "c-1" }, amount: { micros: 5 } },
    want: ["stop"],
  }],
};

const FILES = { "weak.json": WEAK, "stopped.json": STOPPED };

Deno.test("policy check is a table of files, shared lists among them", async () => {
  const { code, lines } = await runOnFiles(
    policyCheck,
    ["--folder", "@"],
    FILES,
  );
  assert.equal(code, 0);
  assert.match(
    lines[0] ?? "",
    /^file +policy +rules +cases +conditions covered +result$/,
  );
  assert.match(lines[2] ?? "", /^stopped.json +stopped@1 +0 +0 +holds$/);
  assert.match(
    lines[3] ?? "",
    /^weak.json +weak@1 +1 +1 +37 % +holds; no case shows where stop stops$/,
  );
  assert.equal(lines.length, 4);
});

Deno.test("policy check --mutants names what passes every case", async () => {
  const { code, lines } = await runOnFiles(
    policyCheck,
    ["--folder", "@", "--mutants"],
    FILES,
  );
  assert.equal(code, 0);
  assert.match(lines[3] ?? "", / 0\.500 +holds;/);
  assert.deepEqual(lines.slice(4), [
    'weak/stop: "when" dropped passes every case',
    'weak/stop: "onMissing" deny -> skip passes every case',
    "weak/stop rests in no case",
    "weak/stop in doubt in no case",
    "weak/stop: context.campaign in stopped is false in no case",
    "weak/stop: context.campaign in stopped is unknown in no case",
    "weak/stop: context.campaign in stopped decides when false in no case",
  ]);
});

Deno.test("policy check --least fails a low score, and says what to do", async () => {
  const args = ["--folder", "@", "--least"];
  const low = await runOnFiles(policyCheck, [...args, "0.95"], FILES);
  assert.equal(low.code, 1);
  assert.match(
    low.lines.at(-1) ?? "",
    /Cannot accept policy "weak": its cases notice 0\.500 .* less than 0\.95; "moe policy cases"/,
  );
  const enough = await runOnFiles(policyCheck, [...args, "0.5"], FILES);
  assert.equal(enough.code, 0);
  await assert.rejects(runOnFiles(policyCheck, [...args, "95"], FILES), {
    code: "request_invalid",
    message: /--least "95": give a share from 0 to 1/,
  });
});

Deno.test("policy check --json tells all of it", async () => {
  const { lines } = await runOnFiles(
    policyCheck,
    ["--folder", "@", "--mutants", "--json"],
    FILES,
  );
  const [list, weak] = JSON.parse(lines.join("\n"));
  assert.equal(list.conditions, null);
  assert.equal(weak.conditions.met, 3);
  assert.equal(weak.mutants.killed, 2);
  assert.equal(weak.mutants.survivors.length, 2);
});

Deno.test("policy check fails a policy whose case fails, and measures no further", async () => {
  const wrong = { ...WEAK, cases: [{ ...WEAK.cases[0], want: [] }] };
  const { code, lines } = await runOnFiles(
    policyCheck,
    ["--folder", "@", "--mutants"],
    { ...FILES, "weak.json": wrong },
  );
  assert.equal(code, 1);
  assert.match(lines[3] ?? "", /^weak.json +weak@1 +1 +1 +fails$/);
  assert.match(lines[4] ?? "", /wanted nothing to fire, got stop/);
});

Deno.test("a limit that a policy counts on must be there", async () => {
  const stray = {
    ...WEAK,
    rules: [{ ...WEAK.rules[0], when: { ">": [{ var: "counts.a.b" }, 2] } }],
    cases: [{
      note: "many",
      facts: { counts: { a: { b: 3 } }, amount: { micros: 5 } },
      want: ["stop"],
    }],
  };
  const { code, lines } = await runOnFiles(policyCheck, ["--folder", "@"], {
    "weak.json": stray,
  });
  assert.equal(code, 1);
  assert.match(lines.at(-1) ?? "", /no rule limits "counts\.a\.b"/);
});

Deno.test("the cases that policy cases proposes make it bite", async () => {
  const proposed = await runOnFiles(policyCases, ["@weak.json"], FILES);
  assert.equal(proposed.code, 0);
  const cases = JSON.parse(`[${proposed.lines.join("").replace(/,$/, "")}]`);
  assert.equal(cases.length, 2);
  const strong = { ...WEAK, cases: [...WEAK.cases, ...cases] };
  const files = { ...FILES, "weak.json": strong };
  const { code, lines } = await runOnFiles(
    policyCheck,
    ["--folder", "@", "--least", "1"],
    files,
  );
  assert.equal(code, 0);
  assert.match(lines[3] ?? "", /100 % +1\.000 +holds$/);
  const none = await runOnFiles(policyCases, ["@weak.json", "--json"], files);
  assert.deepEqual(JSON.parse(none.lines.join("")), { cases: [], left: [] });
});

Deno.test("policy cases asks for cases that hold first", async () => {
  const wrong = { ...WEAK, cases: [{ ...WEAK.cases[0], want: [] }] };
  await assert.rejects(
    runOnFiles(policyCases, ["@weak.json"], { ...FILES, "weak.json": wrong }),
    { code: "policy_invalid", message: /case "stopped" wanted nothing/ },
  );
  await assert.rejects(runOnFiles(policyCases, ["@none.json"], FILES), {
    code: "file_unreadable",
  });
});
