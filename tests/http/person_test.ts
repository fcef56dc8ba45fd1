/**
 * A decision about a person whom the caller knows by an e-mail address: the pseudonym
 * takes its place before anything else sees it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { openCaller } from "./caller.ts";

const SCORE = "POST /optimization/score";
const JANE = "jane@example.com";

Deno.test("score knows its subject by the tenant's pseudonym, and tells and logs no more", async () => {
  const { ask, stub, logged } = openCaller();
  const body = { context: { campaign: "c-17", subject: JANE } };
  const headers = { "idempotency-key": "once" };
  const told = await ask(SCORE, { body, headers });
  assert.equal(told.status, 200);
  const entities = { campaign: "c-17", subject: "email_of_acme" };
  assert.deepEqual(stub.decided.map((one) => one.entities), [entities]);
  assert.doesNotMatch(told.text + JSON.stringify([logged, stub]), /jane/);
  const again = await ask(SCORE, { body, headers });
  assert.equal(again.headers.get("idempotency-replayed"), "true");
  const known = await ask(SCORE, { body: { context: entities }, headers });
  assert.equal(known.headers.get("idempotency-replayed"), "true");
  const other = { context: { ...entities, subject: "u-1" } };
  const reused = await ask(SCORE, { body: other, headers });
  assert.equal(reused.body.code, "idempotency_key_reused");
});

Deno.test.each([
  { note: "one beside others", subject: `${JANE} `.repeat(20), status: 422 },
  { note: "a list", subject: [JANE], status: 422 },
  { note: "a record", subject: { email: JANE }, status: 422 },
  { note: "a plain id", subject: "u-1", status: 200 },
])("a subject that is $note is answered $status", async (given) => {
  const { ask, stub, logged } = openCaller();
  const body = { context: { subject: given.subject } };
  const told = await ask(SCORE, { body });
  assert.equal(told.status, given.status);
  assert.doesNotMatch(told.text + JSON.stringify(logged), /jane/);
  assert.equal(stub.decided.length, given.status === 200 ? 1 : 0);
});

Deno.test("names that reach into prototypes are refused beside a subject too", async () => {
  const { ask } = openCaller();
  for (
    const raw of [
      `{"context":{"subject":"${JANE}","__proto__":{}}}`,
      `{"context":{"subject":"${JANE}"},"__proto__":{}}`,
    ]
  ) {
    const headers = { "content-type": "application/json" };
    assert.equal(
      (await ask(SCORE, { raw, headers })).body.code,
      "body_invalid",
    );
  }
});
