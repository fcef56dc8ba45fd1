/**
 * The key of pseudonyms is made where it will be found again, and nowhere else.
 *
 * @module
 */
import assert from "node:assert/strict";
import { openIdentities } from "./identity_key.ts";

const KEY = "5a".repeat(32);
const SERVER = "postgres://u@127.0.0.1/d";

/** A folder, and settings that outlive it as those of a database do. */
async function withPlace(
  work: (
    dataFolder: string,
    stores: Parameters<typeof openIdentities>[1],
  ) => Promise<void>,
): Promise<void> {
  const dataFolder = await Deno.makeTempDir({ prefix: "identity_" });
  const settings = new Map<string, string>();
  try {
    await work(dataFolder, {
      agree(name, setting) {
        const kept = settings.get(name) ?? setting;
        settings.set(name, kept);
        return Promise.resolve(kept);
      },
    });
  } finally {
    await Deno.remove(dataFolder, { recursive: true });
  }
}

Deno.test("beside a database server no key is made: it is asked for when a person comes", () =>
  withPlace(async (dataFolder, stores) => {
    const place = { dataFolder, databaseUrl: SERVER };
    const none = await openIdentities({ ...place, identityKey: null }, stores);
    for (const _attempt of [1, 2]) {
      await assert.rejects(none("acme"), {
        code: "configuration_invalid",
        message: /MOE_IDENTITY_KEY.*`openssl rand -hex 32`/,
      });
    }
    assert.deepEqual([...Deno.readDirSync(dataFolder)], []);
    const given = await openIdentities({ ...place, identityKey: KEY }, stores);
    assert.ok(await given("acme"));
  }));

Deno.test("the embedded database has its key beside it, for the owner's eyes", () =>
  withPlace(async (dataFolder, stores) => {
    const place = { dataFolder, databaseUrl: null, identityKey: null };
    await (await openIdentities(place, stores))("acme");
    const path = `${dataFolder}/identity.key`;
    const { mode } = await Deno.stat(path);
    assert.equal((mode ?? 0) & 0o777, 0o600);
    const text = await Deno.readTextFile(path);
    await (await openIdentities(place, stores))("acme");
    assert.equal(await Deno.readTextFile(path), text);
    const moved = { ...place, databaseUrl: SERVER };
    assert.ok(await (await openIdentities(moved, stores))("acme"));
  }));

Deno.test("another key than the data was written with is refused at the start", () =>
  withPlace(async (dataFolder, stores) => {
    const place = { dataFolder, databaseUrl: SERVER };
    await openIdentities({ ...place, identityKey: KEY }, stores);
    await assert.rejects(
      openIdentities({ ...place, identityKey: "5b".repeat(32) }, stores),
      /the same MOE_IDENTITY_KEY/,
    );
  }));
