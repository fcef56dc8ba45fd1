/**
 * A policy explained and printed at the terminal.
 *
 * @module
 */
import assert from "node:assert/strict";
import { readConfiguration } from "../configuration.ts";
import { runCommand } from "../run.ts";

const LIST = {
  ...{ list: "stopped", version: 1, owner: "care", about: "Stopped" },
  items: ["c-1", "c-2"],
};
const POLICY = {
  ...{
    policy: "ceiling",
    version: 1,
    owner: "finance",
    about: "Bids stay low",
  },
  on: ["bid"],
  onMissing: "deny",
  rules: [
    {
      id: "stopped",
      effect: "deny",
      when: { in: [{ var: "context.campaign" }, { list: "stopped" }] },
      reason: "It is stopped",
    },
    { id: "high", effect: "cap", to: 2_000_000, reason: "Too high" },
  ],
  cases: [{ note: "any", facts: {}, want: ["stopped"] }],
};

/** Runs a command in a folder with a policy and a list, and gives back its lines. */
async function run(
  args: (folder: string) => readonly string[],
  facts: unknown = {},
): Promise<string[]> {
  const folder = await Deno.makeTempDir({ prefix: "policy_" });
  const files = { ceiling: POLICY, stopped: LIST, facts, broken: null };
  const lines: string[] = [];
  const line = (text: string) => void lines.push(text);
  try {
    for (const [name, content] of Object.entries(files)) {
      const text = content === null ? "{" : JSON.stringify(content);
      await Deno.writeTextFile(`${folder}/${name}.json`, text);
    }
    const terminal = { line, warn: line, progress: () => {}, done: () => {} };
    const configuration = readConfiguration(() => undefined);
    await runCommand({ configuration, terminal }, args(folder));
    return lines;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const FILE = (folder: string) => `${folder}/ceiling.json`;

Deno.test("policy explain says each rule, with the lists beside the file", async () => {
  const lines = await run((folder) => ["policy", "explain", FILE(folder)]);
  assert.deepEqual(lines, [
    "ceiling@1 (finance): Bids stay low",
    "Speaks of bids.",
    "",
    "stopped: If the campaign is on the list stopped, a bid is refused: It is stopped. In doubt a bid is refused.",
    "high: A bid is lowered to at most 2.00: Too high.",
    "list stopped (Stopped): c-1 and c-2",
  ]);
});

Deno.test("policy explain --facts says what decided, and what would turn it", async () => {
  const facts = {
    context: { campaign: "c-2" },
    amount: { micros: 3_000_000 },
  };
  const lines = await run(
    (folder) => [
      ...["policy", "explain", FILE(folder)],
      ...["--facts", `${folder}/facts.json`],
    ],
    facts,
  );
  assert.deepEqual(lines, [
    'ceiling@1/stopped: context.campaign in stopped is true (context.campaign: "c-2")',
    "ceiling@1/high: true is true",
    "It is refused.",
    "It would pass if the campaign were other (it is c-2).",
  ]);
});

Deno.test("policy explain --facts --json names the largest amount that passes", async () => {
  const facts = {
    context: { campaign: "c-3" },
    amount: { micros: 3_000_000 },
  };
  const [text = ""] = await run(
    (folder) => [
      ...["policy", "explain", FILE(folder), "--json"],
      ...["--facts", `${folder}/facts.json`],
    ],
    facts,
  );
  const { verdict, largestMicros, nearest } = JSON.parse(text);
  assert.equal(verdict.amountMicros, 2_000_000);
  assert.equal(largestMicros, 2_000_000);
  assert.deepEqual(nearest.changes, [
    { path: "context.campaign", from: "c-3", to: "c-1" },
  ]);
});

Deno.test.each([
  { facts: { amount: { micros: 1.5 } }, on: "bid", says: /whole micros/ },
  { facts: {}, on: "action", says: /it speaks of bid/ },
])("policy explain refuses $facts on $on", async ({ facts, on, says }) => {
  const running = run(
    (folder) => [
      ...["policy", "explain", FILE(folder), "--on", on],
      ...["--facts", `${folder}/facts.json`],
    ],
    facts,
  );
  await assert.rejects(running, { code: "request_invalid", message: says });
});

Deno.test("policy explain refuses --on without facts to judge", async () => {
  const running = run((folder) => [
    ...["policy", "explain", FILE(folder), "--on", "bid"],
  ]);
  await assert.rejects(running, {
    code: "request_invalid",
    message: /Cannot use --on "bid": give --facts/,
  });
});

Deno.test("policy explain names a fact that no policy can read", async () => {
  const lines = await run(
    (folder) => [
      ...["policy", "explain", FILE(folder)],
      ...["--facts", `${folder}/facts.json`],
    ],
    { context: { campain: "c-1" }, amount: { micros: 1 } },
  );
  assert.match(
    lines.at(-1) ?? "",
    /^fact "context.campain": .*did you mean "context.campaign"/,
  );
});

Deno.test("policy page prints one HTML page", async () => {
  const [page = ""] = await run((folder) => ["policy", "page", FILE(folder)]);
  assert.match(page, /^<!DOCTYPE html><html/);
  assert.match(page, /A bid is lowered to at most 2\.00: Too high\./);
  assert.match(page, /<code>stopped<\/code> · 2 items/);
});

Deno.test("a policy that is not there is named", async () => {
  const running = run((folder) => ["policy", "explain", `${folder}/no.json`]);
  await assert.rejects(running, {
    code: "file_unreadable",
    message: /no\.json/,
  });
});
