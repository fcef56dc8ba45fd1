/**
 * Tokens that were made up, changed or signed by somebody else.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHmac } from "node:crypto";
import fc from "fast-check";
import { exportJWK, exportSPKI } from "jose";
import {
  CLAIMS,
  openDesk,
  ours,
  part,
  PUBLISHED,
  sign,
  theirs,
  UNKNOWN,
} from "./issuer_test.ts";
import { isTokenText, MAX_TOKEN_LENGTH } from "./token.ts";

Deno.test("a token without a signature is not believed", async () => {
  for (const alg of ["none", "None", "NONE"]) {
    const text = `${part({ alg, typ: "JWT" })}.${part(CLAIMS)}.`;
    await assert.rejects(openDesk().verify(text), UNKNOWN);
  }
});

Deno.test("the public key is no shared secret", async () => {
  const secrets = [
    await exportSPKI(ours.publicKey),
    JSON.stringify(PUBLISHED[0]),
  ];
  for (const secret of secrets) {
    const signed = `${part({ alg: "HS256", kid: "ours" })}.${part(CLAIMS)}`;
    const seal = createHmac("sha256", secret).update(signed)
      .digest("base64url");
    await assert.rejects(openDesk().verify(`${signed}.${seal}`), UNKNOWN);
  }
});

Deno.test("a shared secret in the key set signs nothing", async () => {
  const secret = Buffer.from("s".repeat(32));
  const key = { kty: "oct", k: secret.toString("base64url"), kid: "ours" };
  const signed = `${part({ alg: "HS256", kid: "ours" })}.${part(CLAIMS)}`;
  const seal = createHmac("sha256", secret).update(signed).digest("base64url");
  const desk = openDesk([{ ...key, alg: "HS256" }]);
  await assert.rejects(desk.verify(`${signed}.${seal}`), UNKNOWN);
});

Deno.test("keys that a token brings or points to are not regarded", async () => {
  const jwk = await exportJWK(theirs.publicKey);
  const headers = [
    { jwk },
    { jku: "https://attacker.example/keys" },
    { x5u: "https://attacker.example/cert" },
    { kid: "../../dev/null" },
    { kid: "ours' or '1'='1" },
    { kid: "" },
  ];
  for (const header of headers) {
    const text = await sign(CLAIMS, { key: theirs.privateKey, header });
    const desk = openDesk();
    await assert.rejects(desk.verify(text), UNKNOWN);
    assert.ok(desk.readings <= 2, "nothing else is read");
  }
});

Deno.test("a critical header that nobody knows is not passed over", async () => {
  const header = part({ alg: "ES256", kid: "ours", crit: ["b"], b: 1 });
  const [, , seal] = (await sign(CLAIMS)).split(".");
  const text = `${header}.${part(CLAIMS)}.${seal}`;
  await assert.rejects(openDesk().verify(text), UNKNOWN);
});

Deno.test("a token that was changed anywhere is not believed", async () => {
  const text = await sign(CLAIMS);
  const desk = openDesk();
  const wide = { maxLength: 3, minLength: 1 };
  await fc.assert(
    fc.asyncProperty(
      fc.nat(text.length - 1),
      fc.stringMatching(/^[\w-]+$/, { size: "small" }),
      async (place, other) => {
        const cut = other.slice(0, wide.maxLength);
        const changed = text.slice(0, place) + cut +
          text.slice(place + cut.length);
        if (isSameToken(changed, text)) return;
        await assert.rejects(desk.verify(changed), UNKNOWN);
      },
    ),
    { numRuns: 100 },
  );
});

/** The last digit of a signature has bits that mean nothing. */
function isSameToken(one: string, other: string): boolean {
  const bytes = (text: string) =>
    text.split(".").map((base64) =>
      Buffer.from(base64, "base64url").toString("hex")
    ).join(".");
  return bytes(one) === bytes(other);
}

Deno.test("a token that is too long is none", () => {
  const long = "a".repeat(MAX_TOKEN_LENGTH);
  assert.ok(!isTokenText(`${long}.b.c`));
  assert.ok(isTokenText("a.b.c"));
  for (const text of ["a.b", "a.b.c.d", "a b.c.d", "moe_1_2", ""]) {
    assert.ok(!isTokenText(text));
  }
});

Deno.test("a refusal repeats nothing that was sent", async () => {
  const secret = "jane-example-org";
  const texts = [
    await sign({ ...CLAIMS, iss: secret }),
    await sign({ ...CLAIMS, aud: secret }),
    await sign({ ...CLAIMS, tenant: `${secret}!` }),
    await sign({ ...CLAIMS, sub: secret, roles: "admin" }),
    `${part({ alg: secret })}.${part({ sub: secret })}.${secret}`,
  ];
  for (const text of texts) {
    await assert.rejects(openDesk().verify(text), (error: Error) => {
      assert.doesNotMatch(error.message, /jane/);
      return true;
    });
  }
});
