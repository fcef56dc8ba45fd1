/**
 * Keys by command: made, listed, changed, destroyed; and secrets that are sealed.
 *
 * @module
 */
import assert from "node:assert/strict";
import { readConfiguration } from "../../core/commands/configuration.ts";
import { runCommand } from "../../core/commands/run.ts";
import { needingPostgres, startPostgres } from "../servers/postgres.ts";
import { spawnMoe } from "./moe.ts";

const SECRET = "write-key-that-nobody-sees";

type Env = Readonly<Record<string, string>>;

/** Runs a command in this process; what it said, or why it failed. */
async function run(env: Env, ...args: readonly string[]): Promise<string> {
  const lines: string[] = [];
  const terminal = {
    line: (text: string) => lines.push(text),
    warn: (text: string) => lines.push(text),
    progress: () => {},
    done: () => {},
  };
  const configuration = readConfiguration((name) => env[name]);
  await runCommand({ configuration, terminal }, args)
    .catch((error) => lines.push(String(error)));
  return lines.join("\n");
}

/** Seals in a process of its own, which has a standard input. */
async function seal(env: Env): Promise<string> {
  const child = spawnMoe(env, ["seal", "--tenant", "acme"], "piped");
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(`${SECRET}\n`));
  await writer.close();
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  assert.equal(code, 0, decoder.decode(stderr));
  return decoder.decode(stdout).trim();
}

Deno.test({
  ...needingPostgres("a secret is sealed, used, and lost with its keys"),
  fn: async (t) => {
    const server = await startPostgres();
    await checkLife(t, server.url).finally(() => server.stop());
  },
});

async function checkLife(t: Deno.TestContext, url: string): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "data_keys_" });
  const [first, next] = [`${folder}/first.key`, `${folder}/next.key`];
  const env: Env = {
    ...{ DATABASE_URL: url, MOE_DATA: `${folder}/data` },
    MOE_MASTER_KEY_FILE: first,
    MOE_IDENTITY_KEY: "5a".repeat(32),
    MOE_SOURCES: `${folder}/sources.json`,
  };
  const later: Env = { ...env, MOE_MASTER_KEY_FILE: next };
  const configure = (tenant: string, sealed: string) =>
    Deno.writeTextFile(
      `${folder}/sources.json`,
      JSON.stringify([{
        ...{ tenant, source: "site", connector: "segment" },
        config: { writeKey: { sealed } },
      }]),
    );
  try {
    await Deno.writeTextFile(`${folder}/sources.json`, "[]");
    await Deno.writeTextFile(first, `${"5a".repeat(32)}\n`);
    await Deno.writeTextFile(next, `${"5b".repeat(32)}\n`);
    const sealed = await seal(env);
    await t.step("used by its tenant's source alone", async () => {
      assert.match(sealed, /^moe-sealed:1:[0-9a-f]{16}:\S+$/);
      await configure("beta", sealed);
      const other = await run(env, "sources");
      assert.match(other, /not sealed for this tenant/);
      await configure("acme", sealed);
      const used = await run(env, "sources");
      assert.match(used, /^source +connector/);
      assert.ok(!(other + used).includes(SECRET));
    });
    await t.step("wrapped by another master key, and by no other", async () => {
      const rotated = await run(env, "data-keys", "rotate", "--tenant", "acme");
      assert.match(rotated, /version 2 seals/);
      assert.match(
        await run(env, "data-keys", "rotate", "--master-new", next),
        /^2 keys are wrapped anew/,
      );
      const old = await run(env, "sources");
      assert.match(old, /wrapped by the master key "file:[0-9a-f]{12}"/);
      assert.match(await run(later, "sources"), /^source +connector/);
    });
    await t.step("destroyed by who is sure, and lost for good", async () => {
      const destroy = [
        ...["data-keys", "destroy", "--tenant", "acme"],
        ...["--reason", "left us", "--as", "ann"],
      ];
      assert.match(await run(later, ...destroy), /add --yes-destroy acme/);
      await Deno.writeTextFile(`${folder}/sources.json`, "[]");
      assert.match(
        await run(later, ...destroy, "--yes-destroy", "acme"),
        /2 keys of acme are destroyed/,
      );
      const listed = await run(later, "data-keys", "list");
      assert.match(listed, /acme +version 1 .*cli:ann +left us/);
      assert.match(listed, /acme +version 2 .*cli:ann +left us/);
      await configure("acme", sealed);
      assert.match(await run(later, "sources"), /its key was destroyed/);
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
