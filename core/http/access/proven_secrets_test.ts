/**
 * A secret is hashed once for a record, and never believed of another.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createApiKey, isSecretOf, parseApiKey } from "./api_key.ts";
import { createProvenSecrets } from "./proven_secrets.ts";

function made(name: string) {
  const { key, text } = createApiKey({
    ...{ tenant: "acme", name, scopes: ["score"] },
    ...{ createdAt: "2026-01-31T09:00:00.000Z", expiresAt: null },
  });
  return { key, secret: parseApiKey(text)?.secret ?? "" };
}

Deno.test("a right secret is hashed once for its record", () => {
  const { key, secret } = made("site");
  let hashed = 0;
  const isRight = createProvenSecrets((record, sent) => {
    hashed++;
    return isSecretOf(record, sent);
  });
  assert.deepEqual([1, 2, 3].map(() => isRight(key, secret)), [
    true,
    true,
    true,
  ]);
  assert.equal(hashed, 1);
  assert.equal(isRight({ ...key }, secret), true);
  assert.equal(hashed, 2);
});

Deno.test("a wrong secret is refused, whatever was found right before", () => {
  const [one, other] = [made("one"), made("other")];
  const isRight = createProvenSecrets(isSecretOf);
  const flipped = (one.secret[0] === "0" ? "1" : "0") + one.secret.slice(1);
  for (const wrong of [other.secret, flipped, "", "-".repeat(64)]) {
    assert.equal(isRight(one.key, wrong), false);
    assert.equal(isRight(null, wrong), false);
    isRight(one.key, one.secret);
    assert.equal(isRight(one.key, wrong), false);
  }
  assert.equal(isRight(other.key, one.secret), false);
  assert.equal(isRight(one.key, `${one.secret}0`), false);
});
