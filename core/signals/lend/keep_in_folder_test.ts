/**
 * Refresh tokens are kept one file each, for the owner's eyes, whoever writes.
 *
 * @module
 */
import assert from "node:assert/strict";
import { keepInFolder } from "./keep_in_folder.ts";

async function withFolder(
  work: (folder: string) => Promise<void>,
): Promise<void> {
  const parent = await Deno.makeTempDir({ prefix: "keep_" });
  try {
    await work(`${parent}/credentials`);
  } finally {
    await Deno.remove(parent, { recursive: true });
  }
}

function modeOf(path: string): number {
  return (Deno.statSync(path).mode ?? 0) & 0o777;
}

function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name);
}

Deno.test("what is kept is found by another process, and read by its owner alone", () =>
  withFolder(async (folder) => {
    const keep = keepInFolder(folder);
    assert.equal(await keep.read("acme/ads/1"), null);
    await keep.write("acme/ads/1", "first");
    await keep.write("acme/ads/1", "second");
    assert.equal(await keepInFolder(folder).read("acme/ads/1"), "second");
    const [name = "", ...others] = namesIn(folder);
    assert.deepEqual(others, []);
    assert.match(name, /^acme_ads_1-[0-9a-f]{64}$/);
    assert.equal(modeOf(folder), 0o700);
    assert.equal(modeOf(`${folder}/${name}`), 0o600);
  }));

Deno.test("keys of any length and letters are told apart", () =>
  withFolder(async (folder) => {
    const keep = keepInFolder(folder);
    const long = `acme/${"ж".repeat(100)}`;
    const keys = [long, `${long}!`, "a/b", "a_b", "a.b", "..", "../up"];
    for (const key of keys) await keep.write(key, `of ${key}`);
    for (const key of keys) assert.equal(await keep.read(key), `of ${key}`);
    assert.equal(namesIn(folder).length, keys.length);
  }));

Deno.test("of writers at the same time one wins whole, and nothing is left beside", () =>
  withFolder(async (folder) => {
    const texts = Array.from(
      { length: 20 },
      (_, place) => String(place % 10).repeat(1000 * (place + 1)),
    );
    const writers = [keepInFolder(folder), keepInFolder(folder)];
    await Promise.all(
      texts.map((text, place) => writers[place % 2]?.write("acme/ads", text)),
    );
    const kept = await keepInFolder(folder).read("acme/ads");
    assert.ok(texts.includes(kept ?? ""));
    assert.equal(namesIn(folder).length, 1);
  }));
