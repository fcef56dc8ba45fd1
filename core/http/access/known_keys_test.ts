/**
 * What this node changed of a key, it does not take for what it was before.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { ApiKey } from "../../ports/access.ts";
import { createApiKey } from "./api_key.ts";
import { createKnownKeys } from "./known_keys.ts";

const NOW = "2026-03-01T12:00:00.000Z";
const { key: OLD } = createApiKey({
  ...{ tenant: "acme", name: "bidder", scopes: ["score"] },
  ...{ createdAt: NOW, expiresAt: null },
});
const REVOKED = { ...OLD, revokedAt: NOW };

Deno.test("a key that is changed is asked for anew, also where it was being read", async () => {
  const answers: ((record: ApiKey) => void)[] = [];
  const known = createKnownKeys({
    find: () => new Promise((resolve) => void answers.push(resolve)),
    touch: () => Promise.resolve(),
  }, { now: () => NOW });
  const early = known.find(OLD.id);
  known.forget(OLD.id);
  const late = known.find(OLD.id);
  answers[1]?.(REVOKED);
  assert.equal(await late, REVOKED);
  answers[0]?.(OLD);
  await early;
  assert.equal(await known.find(OLD.id), REVOKED);
  known.forget(OLD.id);
  known.find(OLD.id);
  assert.equal(answers.length, 3);
});
