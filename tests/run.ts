/**
 * Every test: units without network, then those that own a server, in two processes
 * side by side, as most of them wait for others; then the examples in the documentation.
 * Ends with the sum of all: `N passed, N failed`.
 *
 * @module
 */
import { openTerminal } from "../core/commands/terminal.ts";

const terminal = openTerminal();
const UNITS = ["core", "plugins", "connectors", "models"];
const PERMISSIONS = [
  "--allow-read",
  "--allow-env",
  "--allow-ffi",
  "--allow-sys",
];
/** Properties draw from one seed: the same tree gets the same verdict from every run. */
const SEEDED = ["--preload", "tests/seeded.ts"];
const TEMPORARY = Deno.env.get("TMPDIR") ?? "/tmp";

const GROUPS: Readonly<Record<string, readonly string[]>> = {
  "units, no network": [
    ...UNITS,
    "--deny-net",
    `--allow-write=${TEMPORARY}`,
    "--parallel",
    ...SEEDED,
  ],
  "stores, servers and processes": [
    "tests",
    "--allow-net=127.0.0.1",
    `--allow-write=${TEMPORARY}`,
    "--allow-run",
    ...SEEDED,
  ],
  "examples in the documentation": [
    "--doc",
    "core/domain",
    "plugins/contract.ts",
    "--ignore=**/*_test.ts",
    "--deny-net",
  ],
};

/** Processes side by side, and the parts that they take in turn, so that none is left alone. */
interface Sharing {
  readonly processes: number;
  readonly parts: number;
}

const ALONE: Sharing = { processes: 1, parts: 1 };
const SHARED: Readonly<Record<string, Sharing>> = {
  "stores, servers and processes": { processes: 2, parts: 4 },
};

interface Sum {
  readonly passed: number;
  readonly failed: number;
}

async function runGroup(name: string, args: readonly string[]): Promise<Sum> {
  terminal.line(`\n── ${name}`);
  const { processes, parts } = SHARED[name] ?? ALONE;
  const waiting = Array.from(
    { length: parts },
    (_, index) => parts === 1 ? [] : [`--shard=${index + 1}/${parts}`],
  );
  const sums: Sum[] = [];
  async function work(heldBack: boolean): Promise<void> {
    for (let part = waiting.shift(); part; part = waiting.shift()) {
      sums.push(await runTests([...part, ...args], heldBack));
    }
  }
  const working = Array.from(
    { length: processes },
    (_, index) => work(index > 0),
  );
  await Promise.all(working);
  return {
    passed: sums.reduce((sum, { passed }) => sum + passed, 0),
    failed: sums.reduce((sum, { failed }) => sum + failed, 0),
  };
}

/** Runs tests; what they print is held back to the end, if others print meanwhile. */
async function runTests(
  args: readonly string[],
  heldBack: boolean,
): Promise<Sum> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "test",
      "--sanitize-ops",
      "--sanitize-resources",
      ...PERMISSIONS,
      ...args,
      ...Deno.args,
    ],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const held: Uint8Array[] = [];
  const text = await passOn(
    child.stdout,
    (chunk) => heldBack ? held.push(chunk) : Deno.stdout.writeSync(chunk),
  );
  const { success } = await child.status;
  for (const chunk of held) Deno.stdout.writeSync(chunk);
  const [, passed = "0", failed = "0"] =
    /(\d+) passed(?: \(\d+ steps?\))? \| (\d+) failed/.exec(text) ?? [];
  const crashed = !success && failed === "0";
  return { passed: Number(passed), failed: Number(failed) + (crashed ? 1 : 0) };
}

/** Hands on what is printed; its end is returned. */
async function passOn(
  stream: ReadableStream<Uint8Array>,
  print: (chunk: Uint8Array) => void,
): Promise<string> {
  const decoder = new TextDecoder();
  let tail = "";
  for await (const chunk of stream) {
    print(chunk);
    tail = (tail + decoder.decode(chunk, { stream: true })).slice(-20_000);
  }
  // deno-lint-ignore no-control-regex
  return tail.replace(/\x1b\[[0-9;]*m/g, "");
}

let passed = 0;
let failed = 0;
for (const [name, args] of Object.entries(GROUPS)) {
  const sum = await runGroup(name, args);
  passed += sum.passed;
  failed += sum.failed;
}
terminal.line(`\n${passed} passed, ${failed} failed`);
Deno.exit(failed === 0 ? 0 : 1);
