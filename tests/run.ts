/**
 * Every test: units without network, then those that own a server, then the
 * examples in the documentation. Ends with the sum of all: `N passed, N failed`.
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

async function runGroup(name: string, args: readonly string[]) {
  terminal.line(`\n── ${name}`);
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
  const text = await passOn(child.stdout);
  const { success } = await child.status;
  const [, passed = "0", failed = "0"] =
    /(\d+) passed(?: \(\d+ steps?\))? \| (\d+) failed/.exec(text) ?? [];
  const crashed = !success && failed === "0";
  return { passed: Number(passed), failed: Number(failed) + (crashed ? 1 : 0) };
}

async function passOn(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let tail = "";
  for await (const chunk of stream) {
    Deno.stdout.writeSync(chunk);
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
