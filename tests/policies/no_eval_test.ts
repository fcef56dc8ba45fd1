/**
 * Where the host forbids code made from text, policies load and judge as elsewhere.
 *
 * @module
 */
import assert from "node:assert/strict";

const FORBID = "--v8-flags=--disallow-code-generation-from-strings";

async function judgeShipped(flags: readonly string[]) {
  const script = new URL("judge_shipped.ts", import.meta.url).pathname;
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "--no-check", "--allow-read", ...flags, script],
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

Deno.test("policies judge the same where generated code is forbidden", async () => {
  const [free, forbidden] = await Promise.all(
    [[], [FORBID]].map(judgeShipped),
  );
  assert.equal(free.mayGenerate, true);
  assert.equal(forbidden.mayGenerate, false);
  assert.deepEqual(forbidden.verdicts, free.verdicts);
  assert.deepEqual(forbidden.traces, free.traces);
  const { verdicts } = forbidden as { verdicts: { allowed: boolean }[] };
  const allowed = verdicts.filter((one) => one.allowed).length;
  assert.ok(allowed > 0 && allowed < verdicts.length, `${allowed} allowed`);
});
