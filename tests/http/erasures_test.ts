/**
 * Erasures over HTTP.
 *
 * @module
 */
import assert from "node:assert/strict";
import { openCaller } from "./caller.ts";

Deno.test("people are named in the body of an erasure, and nowhere else", async () => {
  const { ask, stub, logged } = openCaller();
  const subjects = ["jane@example.org", "+49 171 5550123", "u-1"];
  const told = await ask("POST /erasures", { body: { subjects } });
  assert.equal(told.status, 200, told.text);
  const [job] = stub.erased;
  assert.deepEqual(job?.subjects, subjects);
  assert.equal(job?.tenant, "acme");
  assert.deepEqual(told.body.models, [{
    ["model_version"]: "email_visit@1",
    rows: 7,
  }]);
  assert.equal(told.body.asked_by, logged[0]?.key);
  const wrong = await ask("POST /erasures", { body: { subject: subjects } });
  assert.equal(wrong.body.code, "request_invalid");
  const many = Array(101).fill("jane@example.org");
  const over = await ask("POST /erasures", { body: { subjects: many } });
  assert.equal(over.body.code, "request_invalid");
  const none = await ask("POST /erasures", { body: { subjects: ["nobody"] } });
  assert.equal(none.body.code, "request_invalid");
  const { body, text } = await ask("GET /erasures");
  assert.equal(body.erasures.length, 1);
  const said = JSON.stringify([logged, told.text, wrong.text, over.text, text]);
  assert.doesNotMatch(said, /jane|5550123|u-1\b/);
});

Deno.test("identifiers are refused in every other body", async () => {
  const { ask } = openCaller();
  const told = await ask("POST /features", {
    body: {
      entities: ["subject:jane@example.org"],
      features: ["campaign_daily.clicks_count_7d"],
    },
  });
  assert.equal(told.body.code, "personal_data_refused");
});
