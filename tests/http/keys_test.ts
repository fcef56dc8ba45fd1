/**
 * Keys over HTTP: shown once, never for more than who makes them has, and never those of
 * people.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Scope } from "../../core/ports/access.ts";
import { ROLE_NAMES, ROLES } from "../../core/ports/access.ts";
import { type Caller, openCaller } from "./caller.ts";
import { KEY } from "./stub_keys.ts";

function openAdmin(): Caller & { readonly admin: string } {
  const caller = openCaller();
  const admin = caller.stub.grant({ scopes: ROLES.admin, name: "ada" });
  return { ...caller, admin };
}

Deno.test("a key is shown when it is made, and not again", async () => {
  const { ask, admin } = openAdmin();
  const made = await ask("POST /keys", {
    key: admin,
    body: { name: "bidder 2", role: "service", days: 7 },
  });
  assert.equal(made.status, 201, made.text);
  const { secret, ...told } = made.body;
  assert.deepEqual(
    [told.name, told.role, told.person, told.scopes, told.expires_at],
    [
      ...["bidder 2", "service", false, ["score", "plan", "read", "ingest"]],
      "2026-02-07T09:00:00.000Z",
    ],
  );
  assert.equal((await ask("GET /models", { key: secret })).status, 200);
  const list = await ask("GET /keys", { key: admin });
  assert.ok(
    list.body.keys.some((one: { key_id: string }) =>
      one.key_id === told.key_id
    ),
  );
  assert.doesNotMatch(list.text, /secret|moe_/);
});

Deno.test.each([
  { note: "is revoked", does: "revoke" },
  {
    note: "is replaced at once",
    does: "rotate",
    body: { ["overlap_hours"]: 0 },
  },
])("a key that $note has ended on its node with the answer", async (row) => {
  const { ask, admin } = openAdmin();
  const body = { name: "bidder 3", role: "service" };
  const made = await ask("POST /keys", { key: admin, body });
  const { key_id: id, secret: key } = made.body;
  assert.equal((await ask("GET /models", { key })).status, 200);
  const told = await ask(`POST /keys/${id}/${row.does}`, {
    key: admin,
    ...row.body && { body: row.body },
  });
  assert.ok(told.status < 300, told.text);
  assert.equal((await ask("GET /models", { key })).status, 401);
});

Deno.test.each<{ readonly scopes: readonly Scope[] }>([
  { scopes: ["approve"] },
  { scopes: ["govern"] },
  { scopes: ["score", "govern"] },
])("an administrator does not give $scopes", async ({ scopes }) => {
  const { ask, admin } = openAdmin();
  const told = await ask("POST /keys", {
    key: admin,
    body: { name: "second self", scopes },
  });
  assert.deepEqual([told.status, told.body.code], [403, "access_denied"]);
});

Deno.test("nobody has both the keys and the consent", async () => {
  const { ask, key } = openAdmin();
  const told = await ask("POST /keys", {
    key,
    body: { name: "second self", scopes: ["administer", "approve"] },
  });
  assert.equal(told.status, 403);
  assert.ok(ROLE_NAMES.every((role) => {
    const scopes: readonly Scope[] = ROLES[role];
    return !(scopes.includes("administer") && scopes.includes("approve"));
  }));
});

Deno.test("what features may be read for is handed on, and nothing beside", async () => {
  const { ask, stub } = openAdmin();
  const scopes = ["administer", "read"] as const;
  const key = stub.grant({ scopes, purposes: ["bidding", "email"] });
  const make = (purposes?: readonly string[]) =>
    ask("POST /keys", { key, body: { name: "n", scopes, purposes } });
  assert.deepEqual((await make()).body.purposes, ["bidding", "email"]);
  assert.deepEqual((await make(["email"])).body.purposes, ["email"]);
  assert.equal((await make(["email", "profiling"])).status, 403);
  const unbound = await ask(`POST /keys/${KEY.id}/rotate`, { key });
  assert.equal(unbound.status, 403);
});

Deno.test.each([
  { note: "a person", body: { name: "bob", role: "service", person: true } },
  { note: "a group", body: { name: "b", role: "service", groups: ["legal"] } },
  { note: "the engine", body: { name: "Engine", role: "service" } },
  { note: "no role", body: { name: "b" } },
  { note: "an unknown role", body: { name: "b", role: "root" } },
  { note: "role and scopes", body: { name: "b", role: "service", scopes: [] } },
  { note: "ages", body: { name: "b", role: "service", days: 3651 } },
  { note: "no name", body: { name: " ", role: "service" } },
])("no key is made for $note", async ({ body }) => {
  const { ask, admin } = openAdmin();
  const told = await ask("POST /keys", { key: admin, body });
  assert.deepEqual([told.status, told.body.code], [422, "request_invalid"]);
});

Deno.test("a key is replaced by one for the same, and ends after the overlap", async () => {
  const { ask, admin } = openAdmin();
  const made = await ask("POST /keys", {
    key: admin,
    body: { name: "bidder", role: "service", days: 10 },
  });
  const path = `/keys/${made.body.key_id}`;
  const next = await ask(`POST ${path}/rotate`, {
    key: admin,
    body: { overlap_hours: 2 },
  });
  assert.equal(next.status, 201, next.text);
  assert.deepEqual(
    [next.body.name, next.body.role, next.body.scopes, next.body.expires_at],
    [
      ...["bidder", "service", made.body.scopes],
      "2026-02-10T09:00:00.000Z",
    ],
  );
  const { body } = await ask("GET /keys", { key: admin });
  const old = body.keys.find((one: { key_id: string }) =>
    one.key_id === made.body.key_id
  );
  assert.equal(old.expires_at, "2026-01-31T11:00:00.000Z");
});

Deno.test.each([
  { note: "a person", grant: { person: true, scopes: ["read"] as const } },
  { note: "who approves", grant: { scopes: ["read", "approve"] as const } },
])("the key of $note is not replaced over HTTP", async ({ grant }) => {
  const { ask, stub, admin } = openAdmin();
  const id = stub.grant({ person: false, ...grant }).split("_")[1];
  const told = await ask(`POST /keys/${id}/rotate`, { key: admin });
  assert.deepEqual([told.status, told.body.code], [403, "access_denied"]);
});

Deno.test("a key that is revoked is not replaced", async () => {
  const { ask, admin } = openAdmin();
  const line = `POST /keys/${KEY.id}/revoke`;
  assert.equal((await ask(line, { key: admin })).status, 200);
  assert.equal((await ask(line, { key: admin })).status, 404);
  const told = await ask(`POST /keys/${KEY.id}/rotate`, { key: admin });
  assert.equal(told.status, 404);
});
