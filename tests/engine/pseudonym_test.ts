/**
 * `moe pseudonym` as a person runs it: identifiers come on standard input.
 *
 * @module
 */
import assert from "node:assert/strict";
import { openPseudonyms } from "../../core/signals/pseudonym.ts";
import { ROOT } from "../architecture/paths.ts";
import { PERMISSIONS } from "../servers/engine.ts";

const KEY = "5a".repeat(32);

Deno.test("moe pseudonym answers each line, and no argument tells a person", async () => {
  const folder = await Deno.makeTempDir({ prefix: "pseudonym_" });
  try {
    const env = { MOE_DATA: folder, MOE_IDENTITY_KEY: KEY };
    const given = "Jane@Example.com\n\n491715550123\n";
    const { of } = openPseudonyms(Uint8Array.fromHex(KEY), "acme");
    const jane = of("email", "jane@example.com");
    const plain = await run(env, ["--tenant", "acme"], given);
    assert.equal(plain.text, `${jane}\n\n491715550123\n`);
    assert.match(plain.errors, /^1 of 3 lines stay as they are/);
    const told = await run(
      env,
      ["--tenant", "acme", "--json", "--kind", "phone"],
      given,
    );
    assert.deepEqual(JSON.parse(told.text), [
      jane,
      "",
      of("phone", "491715550123"),
    ]);
    const refused = await run(env, ["jane@example.com"], "");
    assert.deepEqual([refused.code, refused.text], [1, ""]);
    const unknown = await run(env, ["--kind", "name"], "");
    assert.match(unknown.errors, /give email, phone, ip/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

async function run(
  env: Readonly<Record<string, string>>,
  args: readonly string[],
  given: string,
) {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", ...PERMISSIONS, "main.ts", "pseudonym", ...args],
    cwd: ROOT,
    env: { ...env, NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(given));
  await writer.close();
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return { code, text: decoder.decode(stdout), errors: decoder.decode(stderr) };
}
