/**
 * Which tokens are believed, for whom and for how long.
 *
 * @module
 */
import assert from "node:assert/strict";
import { exportJWK } from "jose";
import {
  CLAIMS,
  type Claims,
  next,
  openDesk,
  PUBLISHED,
  RULES,
  SECONDS,
  sign,
  UNKNOWN,
} from "./issuer_test.ts";

const DENIED = { code: "access_denied" };

Deno.test("a token vouches for its subject in its roles", async () => {
  const claims = {
    ...CLAIMS,
    ...{ roles: ["policy_author", "operator", "offline_access"] },
    ...{ groups: ["privacy"], purposes: ["bidding"], person: true },
  };
  const caller = await openDesk().verify(await sign(claims));
  assert.match(caller.id, /^token_[0-9a-f]{16}$/);
  assert.deepEqual({ ...caller, id: "", scopes: [...caller.scopes].sort() }, {
    ...{ id: "", tenant: "acme", name: "ann", person: true },
    ...{ groups: ["privacy"], purposes: ["bidding"] },
    scopes: [
      ...["apply", "ingest", "operate", "plan", "propose", "read", "stop"],
    ],
  });
});

Deno.test.each([
  { note: "says nothing of it", claims: {}, person: false },
  { note: "says so", claims: { person: true }, person: true },
  { note: "says so in a word", claims: { person: "true" }, person: false },
  {
    note: "is its own client",
    claims: { person: true, ["client_id"]: "ann" },
    person: false,
  },
])("a token that $note is a person's: $person", async ({ claims, person }) => {
  const caller = await openDesk().verify(
    await sign({ ...CLAIMS, ...claims }),
  );
  assert.equal(caller.person, person);
});

Deno.test.each<{ readonly note: string; readonly claims: Claims }>([
  { note: "of another issuer", claims: { iss: "https://other.example" } },
  { note: "of an issuer with more", claims: { iss: `${RULES.issuer}/` } },
  { note: "of no issuer", claims: { iss: undefined } },
  { note: "for another audience", claims: { aud: "other" } },
  { note: "for no audience", claims: { aud: undefined } },
  { note: "that has ended", claims: { exp: SECONDS - 31 } },
  { note: "without an end", claims: { exp: undefined } },
  { note: "whose end is text", claims: { exp: `${SECONDS + 300}` } },
  { note: "that has not begun", claims: { nbf: SECONDS + 31 } },
  { note: "without a subject", claims: { sub: undefined } },
])("a token $note is not believed", async ({ claims }) => {
  const text = await sign({ ...CLAIMS, ...claims });
  await assert.rejects(openDesk().verify(text), UNKNOWN);
});

Deno.test.each<{ readonly note: string; readonly claims: Claims }>([
  { note: "names no tenant", claims: { tenant: undefined } },
  { note: "names several tenants", claims: { tenant: ["acme", "rival"] } },
  { note: "names the deployment", claims: { tenant: "*" } },
  { note: "names a path for a tenant", claims: { tenant: "../acme" } },
  { note: "is the engine's", claims: { sub: "engine" } },
  { note: "is the engine's, spelt otherwise", claims: { sub: "Ｅngine" } },
  { note: "has a line break in its name", claims: { sub: "ann\nbob" } },
  { note: "has no list of roles", claims: { roles: "admin" } },
  { note: "has an odd role", claims: { roles: [{ name: "admin" }] } },
  {
    note: "both hands out keys and approves",
    claims: { roles: ["admin", "approver"] },
  },
])("a token that $note may do nothing", async ({ claims }) => {
  const text = await sign({ ...CLAIMS, ...claims });
  await assert.rejects(openDesk().verify(text), DENIED);
});

Deno.test.each(["root", "Admin", "constructor", "__proto__", "toString"])(
  "the role %s is nothing to us",
  async (role) => {
    const text = await sign({ ...CLAIMS, roles: [role] });
    assert.deepEqual((await openDesk().verify(text)).scopes, []);
  },
);

Deno.test("thirty seconds of drift are forgiven", async () => {
  for (const claims of [{ exp: SECONDS - 29 }, { nbf: SECONDS + 29 }]) {
    await openDesk().verify(await sign({ ...CLAIMS, ...claims }));
  }
});

Deno.test("a new key is taken while tokens of the old one are about", async () => {
  const desk = openDesk();
  const before = await sign(CLAIMS);
  await desk.verify(before);
  const header = { alg: "RS256", kid: "next" };
  const after = await sign({ ...CLAIMS, sub: "bob" }, {
    ...{ key: next.privateKey, header },
  });
  await assert.rejects(desk.verify(after), UNKNOWN);
  const published = { ...await exportJWK(next.publicKey), kid: "next" };
  desk.published = [...PUBLISHED, published];
  desk.nowMs += 31_000;
  assert.equal((await desk.verify(after)).name, "bob");
  assert.equal((await desk.verify(before)).name, "ann");
  desk.published = [published];
  desk.nowMs += 31_000;
  const unknown = await sign(CLAIMS, { header: { kid: "third" } });
  await assert.rejects(desk.verify(unknown), UNKNOWN);
  await assert.rejects(desk.verify(before), UNKNOWN);
});

Deno.test("whatever keys tokens name, the issuer is asked twice a minute", async () => {
  const desk = openDesk();
  for (let second = 0; second < 60; second++) {
    const text = await sign(CLAIMS, { header: { kid: `kid-${second}` } });
    await assert.rejects(desk.verify(text), UNKNOWN);
    desk.nowMs += 1000;
  }
  assert.equal(desk.readings, 2);
});

Deno.test("tokens are verified while the issuer is down, for a day", async () => {
  const desk = openDesk();
  const lasting = { ...CLAIMS, exp: SECONDS + 10 * 86_400 };
  await desk.verify(await sign(lasting));
  desk.down = true;
  desk.nowMs += 86_399_000;
  await desk.verify(await sign({ ...lasting, sub: "bob" }));
  desk.nowMs += 60_000;
  await assert.rejects(desk.verify(await sign({ ...lasting, sub: "eve" })), {
    code: "store_unavailable",
  });
  desk.down = false;
  desk.nowMs += 60_000;
  await desk.verify(await sign({ ...lasting, sub: "eve" }));
});

Deno.test("a token is not refused before the issuer's keys were read", async () => {
  const desk = openDesk();
  desk.down = true;
  const text = await sign(CLAIMS);
  await assert.rejects(desk.verify(text), { code: "store_unavailable" });
});

Deno.test("a token that was believed is not believed after its end", async () => {
  const desk = openDesk();
  const text = await sign({ ...CLAIMS, exp: SECONDS - 28 });
  await desk.verify(text);
  desk.nowMs += 1000;
  await desk.verify(text);
  desk.nowMs += 1000;
  await assert.rejects(desk.verify(text), UNKNOWN);
});
