/**
 * Artifacts, secrets and what is spooled: each opens for its tenant alone.
 *
 * @module
 */
import assert from "node:assert/strict";
import { sha256 } from "../domain/canonical.ts";
import type { ModelRecord } from "../domain/score.ts";
import type { ModelRegistry, NewModel } from "../ports/models.ts";
import { createDataKeys } from "./data_keys.ts";
import {
  createMemoryKeys,
  createTestClock,
  masterOf,
} from "./memory_stores_test.ts";
import { sealModels } from "./seal_models.ts";
import { openSecret, sealSecret } from "./sealed_secret.ts";
import { createSpoolCipher } from "./spool_cipher.ts";

const BYTES = new TextEncoder().encode("weights that somebody paid for");
const REF = { name: "email_visit", version: 1 };

function openWorld() {
  const clock = createTestClock();
  const store = createMemoryKeys();
  const keys = createDataKeys({ store, master: masterOf(1), clock });
  return { clock, store, keys };
}

function openModels() {
  const world = openWorld();
  const kept = new Map<string, { record: NewModel; artifact: Uint8Array }>();
  const registry = {
    register: (tenant: string, record: NewModel, artifact: Uint8Array) => {
      kept.set(tenant, { record, artifact });
      return Promise.resolve(record as ModelRecord);
    },
    find: (tenant: string) => Promise.resolve(kept.get(tenant)?.record ?? null),
    artifact: (tenant: string) =>
      Promise.resolve(kept.get(tenant)?.artifact ?? new Uint8Array()),
  } as unknown as ModelRegistry;
  const models = sealModels(registry, world.keys);
  const record = {
    name: REF.name,
    artifactHash: sha256(BYTES),
  } as unknown as NewModel;
  return { ...world, kept, registry, models, record };
}

Deno.test("an artifact is kept sealed and loads as it was", async () => {
  const { models, kept, record } = openModels();
  await models.register("acme", record, BYTES);
  const text = new TextDecoder("latin1").decode(kept.get("acme")?.artifact);
  assert.ok(!text.includes("weights"));
  assert.deepEqual(await models.artifact("acme", REF), BYTES);
});

Deno.test("an artifact from before it was sealed loads as it is", async () => {
  const { models, registry, record } = openModels();
  await registry.register("acme", record, BYTES);
  assert.deepEqual(await models.artifact("acme", REF), BYTES);
});

Deno.test("an artifact that is not what was registered does not load", async () => {
  const { models, kept, record } = openModels();
  await assert.rejects(
    models.register("acme", { ...record, artifactHash: sha256("x") }, BYTES),
    { code: "artifact_corrupt" },
  );
  await models.register("acme", record, BYTES);
  await models.register("beta", record, BYTES);
  const [acme, beta] = [kept.get("acme"), kept.get("beta")];
  assert.ok(acme && beta);
  const refused = { code: "artifact_corrupt" };
  kept.set("acme", beta);
  await assert.rejects(models.artifact("acme", REF), refused);
  const other = { ...record, artifactHash: sha256("x") };
  kept.set("acme", { ...acme, record: other });
  await assert.rejects(models.artifact("acme", REF), refused);
  const bent = Uint8Array.from(acme.artifact);
  bent[bent.length - 20] = (bent.at(-20) ?? 0) ^ 1;
  kept.set("acme", { ...acme, artifact: bent });
  await assert.rejects(models.artifact("acme", REF), refused);
});

Deno.test("what another node destroyed the key of is not sealed under it, and what is lasts", async () => {
  const { models, keys, kept, store, clock, record } = openModels();
  await models.register("acme", record, BYTES);
  const sealed = await sealSecret(keys, "acme", "a-token");
  const before = kept.get("acme")?.artifact;
  // The statement of another node: this one is not told, and keeps the key for a minute.
  await store.destroy("acme", { at: clock.now(), by: "ann", reason: "left" });
  await assert.rejects(openSecret(keys, "acme", sealed));
  await models.register("acme", record, BYTES);
  assert.notDeepEqual(kept.get("acme")?.artifact, before);
  assert.deepEqual(await models.artifact("acme", REF), BYTES);
  const again = await sealSecret(keys, "acme", "a-token");
  assert.equal(await openSecret(keys, "acme", again), "a-token");
});

Deno.test("artifacts of a tenant whose keys are destroyed are gone", async () => {
  const { models, keys, clock, record } = openModels();
  await models.register("acme", record, BYTES);
  await keys.destroy("acme", { at: clock.now(), by: "ann", reason: "left" });
  await assert.rejects(models.artifact("acme", REF), { code: "record_erased" });
});

Deno.test("a secret opens for its tenant alone, and errors do not repeat it", async () => {
  const { keys, clock } = openWorld();
  const sealed = await sealSecret(keys, "acme", "a-token");
  assert.match(sealed, /^moe-sealed:1:[0-9a-f]{16}:[\w+/=]+$/);
  assert.equal(await openSecret(keys, "acme", sealed), "a-token");
  await keys.rotate("acme");
  assert.equal(await openSecret(keys, "acme", sealed), "a-token");
  const refused = (error: { code?: string; message?: string }) =>
    error.code === "configuration_invalid" && !error.message?.includes(sealed);
  const bent = sealed.replace(/.(?=.{9}$)/, (one) => one === "A" ? "B" : "A");
  for (const text of [bent, "a-token", ""]) {
    await assert.rejects(openSecret(keys, "acme", text), refused, text);
  }
  await assert.rejects(openSecret(keys, "beta", sealed), refused);
  await keys.destroy("acme", { at: clock.now(), by: "ann", reason: "left" });
  await assert.rejects(openSecret(keys, "acme", sealed), refused);
});

Deno.test("what is spooled needs no store once its tenant is known", async () => {
  const { keys, store, clock } = openWorld();
  const cipher = createSpoolCipher(keys);
  await cipher.prepare(new Set(["acme", "beta"]));
  clock.advance(120_000);
  store.failure = new Error("down");
  await cipher.prepare(new Set(["acme"]));
  const sealed = cipher.seal("acme", "entry of ünï");
  assert.ok(!new TextDecoder("latin1").decode(sealed).includes("entry"));
  assert.equal(cipher.open("acme", sealed), "entry of ünï");
  const bent = Uint8Array.from(sealed);
  bent[30] = (bent[30] ?? 0) ^ 1;
  assert.throws(() => cipher.open("acme", bent), { code: "log_tampered" });
  assert.throws(() => cipher.open("beta", sealed), { code: "record_erased" });
});

Deno.test("what was spooled before its tenant was erased does not open afterwards", async () => {
  const { keys, clock } = openWorld();
  const cipher = createSpoolCipher(keys);
  await cipher.prepare(new Set(["acme"]));
  const sealed = cipher.seal("acme", "entry");
  await keys.destroy("acme", { at: clock.now(), by: "ann", reason: "left" });
  await cipher.prepare(new Set(["acme"]));
  assert.throws(() => cipher.open("acme", sealed), { code: "record_erased" });
});
