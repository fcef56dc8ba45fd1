/**
 * `moe erase` takes identifiers from standard input alone, and repeats none of them.
 *
 * @module
 */
import assert from "node:assert/strict";
import { readConfiguration } from "../../core/commands/configuration.ts";
import { openEngine } from "../../core/commands/open.ts";
import { runMoe, spawnMoe } from "../engine/moe.ts";
import { batch, subjectEvent } from "../stores/cases.ts";

const EMAIL = "jane.planted@example.org";
const KEY = "5b".repeat(32);

/** Runs `moe erase` with a text on its standard input. */
async function eraseFrom(
  env: Readonly<Record<string, string>>,
  text: string,
): Promise<{ readonly code: number; readonly said: string }> {
  const child = spawnMoe(env, ["erase", "--subject", "-", "--json"], "piped");
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return { code, said: decoder.decode(stdout) + decoder.decode(stderr) };
}

Deno.test("people are erased by a list on standard input", async () => {
  const folder = await Deno.makeTempDir({ prefix: "erase_" });
  const env = { MOE_DATA: `${folder}/data`, MOE_IDENTITY_KEY: KEY };
  try {
    const names = new Map(Object.entries(env));
    const opened = await openEngine(
      readConfiguration((name) => names.get(name)),
    );
    await opened.stores.signals.write(batch("default", {
      events: ["s-1", "s-2", "s-3"].map((subject) =>
        subjectEvent(`of ${subject}`, "2026-02-01T00:00:00.000Z", {
          entities: { subject },
        })
      ),
    }));
    await opened.close();
    const done = await eraseFrom(env, `${EMAIL}\r\ns-1\n\ns-3\n`);
    assert.equal(done.code, 0, done.said);
    const [record] = JSON.parse(done.said);
    assert.equal(record.subjects, 3);
    assert.equal(record.erased.events, 2);
    assert.equal(record.askedBy, "cli:cli");
    assert.doesNotMatch(done.said, /jane|s-1/);
    const nobody = await eraseFrom(env, "\n");
    assert.notEqual(nobody.code, 0);
    assert.match(nobody.said, /Cannot erase 0 subjects/);
    const listed = await runMoe(env, ["erasures"]);
    assert.match(listed.text, /^erasure .*models trained on them\n/);
    assert.match(listed.text, new RegExp(`${record.id} +cli:cli`));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("an identifier as an argument is refused and not repeated", async () => {
  const ran = await runMoe({}, ["erase", "--subject", EMAIL]);
  assert.notEqual(ran.code, 0);
  assert.match(ran.errors, /standard input/);
  assert.doesNotMatch(ran.text + ran.errors, /jane/);
});
