/**
 * A scaffolded plugin is green at once: in a copy of the checkout, started,
 * formatted, linted, type-checked and tested by the real tools.
 *
 * @module
 */
import assert from "node:assert/strict";
import { generateRegistry } from "../../plugins/generate_registry.ts";
import { scaffoldPlugin } from "../../plugins/scaffold.ts";

const ROOT = decodeURIComponent(new URL("../..", import.meta.url).pathname);
const LONG = `a_${"long_".repeat(7)}one`;
const COPIED = ["core", "plugins", "connectors", "models", "tests"];

/** A copy of the checkout in which the test may write. */
async function copyCheckout(): Promise<string> {
  const root = await Deno.makeTempDir({ prefix: "moe-scaffold-" });
  for (const name of ["deno.json", "deno.lock"]) {
    await Deno.copyFile(`${ROOT}${name}`, `${root}/${name}`);
  }
  for (const name of COPIED) {
    await copyFolder(`${ROOT}${name}`, `${root}/${name}`);
  }
  return root;
}

async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to);
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyFolder(`${from}/${name}`, `${to}/${name}`);
    else await Deno.copyFile(`${from}/${name}`, `${to}/${name}`);
  }
}

async function deno(root: string, args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: root,
    env: { NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder().decode(stdout) +
    new TextDecoder().decode(stderr);
  assert.ok(success, `deno ${args.join(" ")}\n${text}`);
  return text;
}

Deno.test("a scaffolded plugin is green before anything was typed", async () => {
  const root = await copyCheckout();
  try {
    const paths = [
      ...await scaffoldPlugin(root, { kind: "connector", name: "my_source" }),
      ...await scaffoldPlugin(root, { kind: "connector", name: LONG }),
      ...await scaffoldPlugin(root, { kind: "model", name: "my_rows" }),
      ...await scaffoldPlugin(root, {
        kind: "model",
        name: "my_series",
        grain: "series",
      }),
    ];
    assert.equal(paths.length, 10);
    assert.equal(await generateRegistry(root, { check: true }), "fresh");
    const sources = paths.filter((path) => path.endsWith(".ts"));
    await deno(root, ["fmt", "--check", ...paths]);
    await deno(root, ["lint", ...sources]);
    await deno(root, ["check", "plugins/load.ts", ...sources]);
    const told = await deno(root, [
      "test",
      "--sanitize-ops",
      "--sanitize-resources",
      "--deny-net",
      "--allow-read",
      "--allow-env",
      "--allow-ffi",
      "--allow-sys",
      "connectors/my_source",
      `connectors/${LONG}`,
      "models/my_rows",
      "models/my_series",
      "plugins/load_test.ts",
    ]);
    assert.match(told, /\| 0 failed/);

    const taken = { kind: "connector", name: "my_source" } as const;
    await assert.rejects(scaffoldPlugin(root, taken), {
      code: "request_invalid",
      message: /connectors\/my_source exists; nothing changed$/,
    });
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test.each([
  { name: "TikTok" },
  { name: "tiktok-ads" },
  { name: "_ads" },
  { name: "ads_" },
  { name: "../ads" },
  { name: "" },
  { name: "a".repeat(41) },
])('scaffoldPlugin() refuses the name "$name"', async ({ name }) => {
  await assert.rejects(
    scaffoldPlugin("/nowhere", { kind: "connector", name }),
    { code: "request_invalid" },
  );
});

Deno.test("scaffoldPlugin() leaves the learners alone", async () => {
  await assert.rejects(
    scaffoldPlugin("/nowhere", { kind: "model", name: "learners" }),
    { code: "request_invalid" },
  );
});
