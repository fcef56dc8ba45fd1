/**
 * Who acts behind a key: a person or a service, and never the engine itself.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createApiKey } from "./api_key.ts";
import { actorOf } from "./actor.ts";

const GRANT = {
  ...{ tenant: "acme", name: "ann", scopes: ["approve"] as const },
  ...{ createdAt: "2026-03-01T00:00:00.000Z", expiresAt: null },
};

Deno.test("a key acts as a service unless it was made for a person", () => {
  const { key } = createApiKey(GRANT);
  assert.deepEqual(actorOf(key), { name: "ann", human: false, groups: [] });
  const made = createApiKey({ ...GRANT, person: true, groups: ["privacy"] });
  assert.deepEqual(
    actorOf(made.key),
    { name: "ann", human: true, groups: ["privacy"] },
  );
});

Deno.test.each(["engine", "Engine", "installation"])(
  "no key acts as %s",
  (name) => {
    const { key } = createApiKey({ ...GRANT, name });
    assert.throws(() => actorOf(key), {
      code: "access_denied",
      message: /make another with "moe keys create"/,
    });
  },
);
