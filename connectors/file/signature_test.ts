/**
 * Signed folders: what is refused, how keys change over, and what a receiver does.
 *
 * @module
 */
import assert from "node:assert/strict";
import { canonicalJson, type Setting } from "@moe/plugin";
import { type MemoryFiles, rememberFiles } from "@moe/plugin/test";
import connector from "./connector.ts";
import { makeKeys, openFolder } from "./fixtures/folder.ts";

const OLD = makeKeys();
const NEW = makeKeys();
const TV: Setting = {
  target: "channel:tv",
  field: "budget_micros_per_day",
  value: "5000000",
};
const LATER = { ...TV, value: "6000000" };
const CORRUPT = { code: "artifact_corrupt" };

async function signedFolder() {
  const files = rememberFiles();
  const signed = openFolder(files, { signingKey: OLD.privateKey });
  await signed.write("c-1", [TV]);
  return { files, signed };
}

async function alter(
  files: MemoryFiles,
  path: string,
  change: (file: Record<string, unknown>) => unknown,
): Promise<void> {
  const file = JSON.parse(await files.text(path) ?? "");
  await files.write(path, JSON.stringify(change(file)));
}

/** As a receiver does it, by the public key and the web's own cryptography. */
async function verifies(
  { signature, ...content }: Record<string, unknown>,
  pem: string,
): Promise<boolean> {
  const { value } = signature as { value: string };
  const der = Uint8Array.fromBase64(pem.replaceAll(/-----.+-----|\s/g, ""));
  const key = await crypto.subtle.importKey("spki", der, "Ed25519", false, [
    "verify",
  ]);
  const bytes = new TextEncoder().encode(canonicalJson(content));
  const given = Uint8Array.fromBase64(value);
  return await crypto.subtle.verify("Ed25519", key, given, bytes);
}

Deno.test("file: a receiver with the public key tells what the engine wrote from what it did not", async () => {
  const { signed } = await signedFolder();
  for (const name of ["settings.json", "changes/1.json"]) {
    const file = await signed.json(name);
    assert.ok(await verifies(file, OLD.publicKey));
    assert.ok(!await verifies(file, NEW.publicKey));
    assert.ok(!await verifies({ ...file, version: 2 }, OLD.publicKey));
  }
});

Deno.test.each([
  {
    note: "a value that somebody changed",
    path: "out/settings.json",
    change: (file: Record<string, unknown>) => ({
      ...file,
      settings: { "channel:tv": { [TV.field]: "9" } },
    }),
  },
  {
    note: "a signature that was taken away",
    path: "out/settings.json",
    change: ({ signature: _, ...file }: Record<string, unknown>) => file,
  },
  {
    note: "a signature of a key that nobody knows",
    path: "out/settings.json",
    change: ({ signature, ...file }: Record<string, unknown>) => ({
      ...file,
      signature: { ...signature as object, key_id: "0".repeat(16) },
    }),
  },
])(
  "file: settings with $note are neither read nor written over",
  async (row) => {
    const { files, signed } = await signedFolder();
    await alter(files, row.path, row.change);
    const before = await files.text(row.path);
    await assert.rejects(signed.read([TV]), CORRUPT);
    await assert.rejects(signed.write("c-2", [LATER]), CORRUPT);
    assert.equal(await files.text(row.path), before);
  },
);

Deno.test("file: a change that somebody laid beside the settings is not brought in", async () => {
  const { files, signed } = await signedFolder();
  const text = await files.text("out/changes/1.json") ?? "";
  const forged = { ...JSON.parse(text), version: 2, ["change_id"]: "c-2" };
  await files.write("out/changes/2.json", JSON.stringify(forged));
  await assert.rejects(signed.read([TV]), CORRUPT);
});

Deno.test("file: a change that is laid there under another number is not brought in", async () => {
  const { files, signed } = await signedFolder();
  await signed.write("c-2", [LATER]);
  const text = await files.text("out/changes/1.json") ?? "";
  await files.write("out/changes/3.json", text);
  await assert.rejects(signed.read([TV]), CORRUPT);
});

Deno.test("file: the former key still verifies, and the new one signs", async () => {
  const { files } = await signedFolder();
  const signingKey = NEW.privateKey;
  await assert.rejects(openFolder(files, { signingKey }).read([TV]), CORRUPT);
  const changed = openFolder(files, {
    signingKey,
    formerKeys: [OLD.publicKey],
  });
  assert.deepEqual(await changed.read([TV]), [TV]);
  await changed.write("c-2", [LATER]);
  assert.ok(await verifies(await changed.json("settings.json"), NEW.publicKey));
  assert.deepEqual(await openFolder(files, { signingKey }).read([TV]), [LATER]);
});

Deno.test("file: a folder without signatures is taken over once, if the operator says so", async () => {
  const files = rememberFiles();
  await openFolder(files).write("c-1", [TV]);
  const { privateKey: signingKey } = NEW;
  await assert.rejects(openFolder(files, { signingKey }).read([TV]), CORRUPT);
  await openFolder(files, { signingKey, acceptUnsigned: true })
    .write("c-2", [LATER]);
  assert.deepEqual(await openFolder(files, { signingKey }).read([TV]), [LATER]);
});

Deno.test.each([
  { note: "no key at all", key: "secret" },
  { note: "a public one", key: OLD.publicKey },
])("file: a signing key that is $note is refused, and not told", ({ key }) => {
  assert.throws(
    () => connector.config.parse({ folder: "out", signingKey: key }),
    (error) =>
      error instanceof Error && error.message.includes("signingKey") &&
      !error.message.includes(key),
  );
});

Deno.test("file: a private key does not pass for a former public one", () => {
  assert.throws(
    () =>
      connector.config.parse({ folder: "out", formerKeys: [OLD.privateKey] }),
    /formerKeys/,
  );
});
