/**
 * Who is admitted: by keys, also while their store does not answer, and by certificates.
 *
 * @module
 */
import assert from "node:assert/strict";
import { EngineError } from "../../domain/error.ts";
import type { ApiKey } from "../../ports/access.ts";
import { createApiKey, isSecretOf, printApiKey } from "./api_key.ts";
import { createCertificates } from "./certificates.ts";
import { createKeyring } from "./keyring.ts";

const START = Date.parse("2026-03-01T12:00:00.000Z");
const GRANT = {
  ...{ tenant: "acme", name: "bidder", scopes: ["score"] as const },
  ...{ createdAt: "2026-02-01T00:00:00.000Z", expiresAt: null },
};

/** A keyring over a store that can be brought down, at a moment that can be moved. */
function openRing(certificates = createCertificates([])) {
  const records = new Map<string, ApiKey>();
  const compared: (ApiKey | null)[] = [];
  const touched: string[] = [];
  const ring = {
    nowMs: START,
    lookups: 0,
    /** What the store does instead of answering. */
    broken: null as (() => Promise<never>) | null,
    ...{ records, compared, touched },
    grant(grant: Partial<ApiKey> = {}): string {
      const { key, text } = createApiKey({ ...GRANT, ...grant });
      records.set(key.id, { ...key, ...grant });
      return text;
    },
    admit: async (text: string) =>
      await keyring.admit({
        authorization: `Bearer ${text}`,
        certificate: null,
      }, "score"),
    admitHolder: async (commonName: string, uris: readonly string[] = []) =>
      await keyring.admit({
        authorization: undefined,
        certificate: { commonName, uris, fingerprint: "00" },
      }, "score"),
  };
  const keyring = createKeyring({
    keys: {
      find: (id) => {
        ring.lookups += 1;
        return ring.broken?.() ?? Promise.resolve(records.get(id) ?? null);
      },
      touch: (_tenant, id, at) => {
        touched.push(`${id} ${at}`);
        const record = records.get(id);
        if (record) records.set(id, { ...record, usedAt: at });
        return ring.broken?.() ?? Promise.resolve();
      },
    },
    ...{ tokens: null, certificates },
    clock: { now: () => new Date(ring.nowMs).toISOString() },
    isSecretOf: (record, secret) => {
      compared.push(record);
      return isSecretOf(record, secret);
    },
  });
  return ring;
}

function down(): Promise<never> {
  return Promise.reject(
    new EngineError("store_unavailable", "Cannot use the database"),
  );
}

function hang(): Promise<never> {
  return new Promise(() => {});
}

const UNKNOWN = { code: "credentials_invalid" };
const UNAVAILABLE = { code: "store_unavailable" };

Deno.test.each([{ note: "refuses", broken: down }, {
  note: "hangs",
  broken: hang,
}])("a known key is believed for five minutes while its store $note", async (
  { broken },
) => {
  const ring = openRing();
  const text = ring.grant();
  await ring.admit(text);
  ring.broken = broken;
  for (const after of [6000, 60_000, 299_000]) {
    ring.nowMs = START + after;
    assert.equal((await ring.admit(text)).name, "bidder");
  }
  ring.broken = down;
  ring.nowMs = START + 300_000;
  await assert.rejects(ring.admit(text), UNAVAILABLE);
  ring.broken = null;
  assert.equal((await ring.admit(text)).name, "bidder");
});

Deno.test("nobody unknown is refused while the store does not answer", async () => {
  const ring = openRing();
  ring.broken = down;
  await assert.rejects(ring.admit(ring.grant()), UNAVAILABLE);
});

Deno.test("a known key with a wrong secret is refused while the store is down", async () => {
  const ring = openRing();
  const text = ring.grant();
  await ring.admit(text);
  ring.broken = down;
  ring.nowMs += 6000;
  const wrong = text.slice(0, -1) + (text.endsWith("0") ? "1" : "0");
  await assert.rejects(ring.admit(wrong), UNKNOWN);
});

Deno.test("a store that is down is asked for a known key once a second", async () => {
  const ring = openRing();
  const text = ring.grant();
  await ring.admit(text);
  ring.broken = down;
  ring.nowMs += 6000;
  for (let request = 0; request < 100; request++) {
    await ring.admit(text);
    ring.nowMs += 20;
  }
  assert.equal(ring.lookups, 1 + 2);
});

Deno.test("a key that was revoked meanwhile is refused once the store is back", async () => {
  const ring = openRing();
  const text = ring.grant();
  const [id = ""] = ring.records.keys();
  await ring.admit(text);
  ring.broken = down;
  ring.nowMs += 6000;
  await ring.admit(text);
  const record = ring.records.get(id);
  assert.ok(record);
  ring.records.set(id, { ...record, revokedAt: "2026-03-01T12:00:01.000Z" });
  ring.broken = null;
  ring.nowMs += 1000;
  await assert.rejects(ring.admit(text), UNKNOWN);
  ring.broken = down;
  ring.nowMs += 6000;
  await assert.rejects(ring.admit(text), UNKNOWN);
});

Deno.test("what a store says late counts, though nobody waited for it", async () => {
  const ring = openRing();
  const text = ring.grant();
  const [id = ""] = ring.records.keys();
  await ring.admit(text);
  const late = Promise.withResolvers<never>();
  ring.broken = () => late.promise;
  ring.nowMs += 6000;
  await ring.admit(text);
  const record = ring.records.get(id);
  assert.ok(record);
  const revoked = { ...record, revokedAt: "2026-03-01T12:00:01.000Z" };
  late.resolve(revoked as never);
  await late.promise;
  ring.nowMs += 10;
  await assert.rejects(ring.admit(text), UNKNOWN);
});

Deno.test("a key that is no longer on record is forgotten", async () => {
  const ring = openRing();
  const text = ring.grant();
  await ring.admit(text);
  ring.records.clear();
  ring.nowMs += 6000;
  await assert.rejects(ring.admit(text), UNKNOWN);
  ring.broken = down;
  await assert.rejects(ring.admit(text), UNAVAILABLE);
});

Deno.test("a secret is compared whether or not the key is known", async () => {
  const ring = openRing();
  const text = ring.grant();
  const unknown = printApiKey({ id: "0".repeat(16), secret: "1".repeat(64) });
  await assert.rejects(ring.admit(unknown), UNKNOWN);
  await ring.admit(text);
  assert.deepEqual(ring.compared.map((record) => record?.name ?? null), [
    null,
    "bidder",
  ]);
  await assert.rejects(ring.admit("moe_x_y"), UNKNOWN);
  assert.equal(ring.compared.length, 2);
});

Deno.test("what is wrong with a key is told to its holder alone", async () => {
  const ring = openRing();
  const text = ring.grant({ revokedAt: "2026-02-02T00:00:00.000Z" });
  await assert.rejects(ring.admit(text), /revoked/);
  const wrong = text.slice(0, -1) + (text.endsWith("0") ? "1" : "0");
  await assert.rejects(ring.admit(wrong), /no such key/);
});

Deno.test("the use of a key is noted once an hour", async () => {
  const ring = openRing();
  const text = ring.grant();
  for (let minute = 0; minute < 125; minute++) {
    ring.nowMs = START + minute * 60_000;
    await ring.admit(text);
  }
  assert.equal(ring.touched.length, 3);
});

Deno.test("a use that cannot be noted stops nobody", async () => {
  const ring = openRing();
  const text = ring.grant({ usedAt: "2026-03-01T11:59:00.000Z" });
  await ring.admit(text);
  assert.deepEqual(ring.touched, []);
  ring.broken = down;
  ring.nowMs += 200_000;
  await ring.admit(text);
});

const HOLDER = {
  ...{ tenant: "acme", role: "service" as const, name: "scorer" },
  ...{ groups: [], person: false },
};

Deno.test("a certificate is who the list says, by URI before common name", async () => {
  const ring = openRing(createCertificates([
    { ...HOLDER, certificate: { subject: "scorer" } },
    { ...HOLDER, name: "other", certificate: { uri: "spiffe://acme/other" } },
  ]));
  assert.equal((await ring.admitHolder("scorer")).name, "scorer");
  const both = ring.admitHolder("scorer", ["spiffe://acme/other"]);
  assert.equal((await both).name, "other");
  for (const name of ["Scorer", "scorer ", "subject scorer", "", "toString"]) {
    await assert.rejects(ring.admitHolder(name), UNKNOWN);
  }
  await assert.rejects(ring.admitHolder("x", ["scorer"]), UNKNOWN);
  await assert.rejects(ring.admitHolder("spiffe://acme/other"), UNKNOWN);
});

Deno.test("a certificate does not stand in for a key that is wrong", async () => {
  const ring = openRing(createCertificates([
    { ...HOLDER, certificate: { subject: "scorer" } },
  ]));
  await assert.rejects(ring.admit("nonsense"), UNKNOWN);
});
