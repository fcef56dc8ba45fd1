/**
 * Changes compared, and sets analysed, at the terminal.
 *
 * @module
 */
import assert from "node:assert/strict";
import { readConfiguration } from "../configuration.ts";
import { runCommand } from "../run.ts";

function ceiling(to: number, more: readonly unknown[] = []) {
  return {
    ...{ policy: "ceiling", version: 1, owner: "finance", about: "Low" },
    on: ["bid"],
    onMissing: "deny",
    rules: [{ id: "high", effect: "cap", to, reason: "Too high" }, ...more],
    cases: [{ note: "any", facts: {}, want: [] }],
  };
}

const OLD = ceiling(2_000_000);
const NEW = ceiling(1_500_000);
const FLOOR = {
  ...{ id: "low", effect: "floor", reason: "Too low" },
  to: 3_000_000,
};

/** Runs a command over two folders of one policy each, and gives back its lines. */
async function run(
  args: (folder: string) => readonly string[],
  next: unknown = NEW,
): Promise<string[]> {
  const folder = await Deno.makeTempDir({ prefix: "policy_" });
  const lines: string[] = [];
  const line = (text: string) => void lines.push(text);
  try {
    for (const [name, content] of Object.entries({ old: OLD, new: next })) {
      await Deno.mkdir(`${folder}/${name}`);
      const file = `${folder}/${name}/ceiling.json`;
      await Deno.writeTextFile(file, JSON.stringify(content));
    }
    const terminal = { line, warn: line, progress: () => {}, done: () => {} };
    const configuration = readConfiguration(() => undefined);
    await runCommand({ configuration, terminal }, args(folder));
    return lines;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const BOTH = (folder: string) => [
  ...["policy", "diff"],
  ...[`${folder}/old`, `${folder}/new`],
];

Deno.test("policy diff says what becomes of decisions", async () => {
  assert.deepEqual(await run(BOTH), [
    "tightening",
    "",
    "rule          change   by its form",
    "────────────  ───────  ───────────",
    "ceiling/high  changed",
    "",
    'tighter: a bid of 2.00 was allowed at 2.00 and is allowed at 1.50: ceiling@1/high says "Too high"',
  ]);
});

Deno.test("policy diff takes files, and says when nothing changes", async () => {
  const same = (folder: string) => {
    const file = `${folder}/old/ceiling.json`;
    return ["policy", "diff", file, file];
  };
  assert.deepEqual(await run(same), ["equivalent"]);
});

Deno.test("policy diff --json tells the same to programs", async () => {
  const [text = ""] = await run((folder) => [...BOTH(folder), "--json"]);
  const { class: found, proven, counterexamples } = JSON.parse(text);
  assert.deepEqual([found, proven], ["tightening", true]);
  const [{ amountMicros, before, after }] = counterexamples;
  assert.deepEqual(
    [amountMicros, before.amountMicros, after.amountMicros],
    [2_000_000, 2_000_000, 1_500_000],
  );
});

Deno.test("policy diff refuses what is not there", async () => {
  await assert.rejects(
    run((folder) => ["policy", "diff", `${folder}/old`, `${folder}/none`]),
    { code: "file_unreadable", message: /Cannot read policies/ },
  );
});

Deno.test("policy analyse lists what rules are to one another, the worst first", async () => {
  const lines = await run(
    (folder) => ["policy", "analyse", "--folder", `${folder}/new`],
    ceiling(1_500_000, [FLOOR]),
  );
  assert.deepEqual(lines, [
    "2 rules; of 1 pairs that can meet 1 can fire together and 0 cannot",
    "",
    "finding      rules                          for example",
    "───────────  ─────────────────────────────  ───────────",
    "contradicts  ceiling@1/low, ceiling@1/high",
    "equivalent   ceiling@1/high, ceiling@1/low",
    "overlaps     ceiling@1/high, ceiling@1/low",
  ]);
});
