/**
 * Commands are found by their words, and what is none is told where they are listed.
 *
 * @module
 */
import assert from "node:assert/strict";
import { readConfiguration } from "./configuration.ts";
import { runCommand } from "./run.ts";

async function run(...args: readonly string[]): Promise<readonly string[]> {
  const lines: string[] = [];
  const line = (text: string) => void lines.push(text);
  const terminal = { line, warn: line, progress: () => {}, done: () => {} };
  const configuration = readConfiguration(() => undefined);
  assert.equal(await runCommand({ configuration, terminal }, args), 0);
  return lines;
}

function namesIn(lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => /^ {2}([a-z]+)/.exec(line)?.[1] ?? []);
}

Deno.test.each([
  { args: ["policy"] },
  { args: ["policy", "help"] },
  { args: ["policy", "--help"] },
])("moe $args lists the commands of its group alone", async ({ args }) => {
  const names = namesIn(await run(...args));
  assert.ok(names.length > 5);
  assert.deepEqual([...new Set(names)], ["policy"]);
});

Deno.test.each([{ args: [] }, { args: ["help"] }, { args: ["--help"] }])(
  "moe $args lists all commands",
  async ({ args }) => {
    const names = new Set(namesIn(await run(...args)));
    assert.ok(
      ["policy", "plan", "serve", "keys"].every((one) => names.has(one)),
    );
  },
);

Deno.test("moe changes is a command, although it is a group as well", async () => {
  const [first] = await run("changes", "--help");
  assert.equal(first, "moe changes");
});

Deno.test.each([
  { args: ["bogus"], says: /"moe bogus": .*"moe help" lists them/ },
  { args: ["policy", "x"], says: /"moe policy x": .*"moe policy" lists them/ },
])("moe $args is no command", async ({ args, says }) => {
  await assert.rejects(run(...args), {
    code: "request_invalid",
    message: says,
  });
});
