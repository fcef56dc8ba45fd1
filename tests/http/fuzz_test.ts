/**
 * Whatever is sent, the answer is a decision or a problem, never a failure inside.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { openCaller } from "./caller.ts";
import { KEYED, lineOf } from "./every_route.ts";

const RUNS = 150;
const JSON_TYPE = { "content-type": "application/json" };

const name = fc.oneof(
  fc.constantFrom(
    "context",
    "features",
    "constraints",
    "campaign",
    "subject",
    "zone",
    "actions",
    "max_bid_micros",
    "frequency",
    "compliance",
    "period",
    "from",
    "until",
    "total",
    "micros",
    "currency",
    "bounds",
    "scope",
    "entities",
    "campaign:c-1",
    "request.hour",
    "__proto__",
    "constructor",
    "toString",
    "",
  ),
  fc.string(),
);

const leaf = fc.oneof(
  fc.constantFrom("c-17", "EUR", "2026-02-02", "1500000", "UTC", "all"),
  fc.string({ unit: "binary" }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
);

const { body: anyBody } = fc.letrec<{ body: unknown }>((tie) => ({
  body: fc.oneof(
    { maxDepth: 5, depthSize: "small" },
    leaf,
    fc.array(tie("body"), { maxLength: 3 }),
    fc.dictionary(name, tie("body"), { maxKeys: 5 }),
  ),
}));

const scoreLike = fc.record({
  context: fc.dictionary(name, anyBody, { maxKeys: 4 }),
  features: anyBody,
  constraints: anyBody,
}, { requiredKeys: ["context"] });

const planLike = fc.record({
  period: fc.oneof(
    fc.constant({ from: "2026-02-02", until: "2026-02-09" }),
    anyBody,
  ),
  currency: fc.oneof(fc.constant("EUR"), anyBody),
  total: anyBody,
  bounds: anyBody,
  scope: anyBody,
}, { requiredKeys: ["period", "currency"] });

Deno.test("any JSON to score and plan is answered below 500, as JSON", async () => {
  const { ask } = openCaller();
  let key = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom("score", "plan"),
      fc.oneof(scoreLike, planLike, anyBody),
      async (route, body) => {
        const told = await ask(`POST /optimization/${route}`, {
          body,
          headers: { "idempotency-key": `k-${key++}` },
        });
        assert.ok(told.status < 500, told.text);
        assert.ok(told.body.decision_id ?? told.body.plan_id ?? told.body.code);
      },
    ),
    { numRuns: RUNS * 3 },
  );
});

Deno.test("any bytes to any route are answered below 500", async () => {
  const { ask } = openCaller();
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...KEYED),
      fc.uint8Array({ maxLength: 300 }),
      async (endpoint, raw) => {
        const isGet = endpoint.method === "get";
        const told = await ask(lineOf(endpoint), {
          headers: { ...JSON_TYPE, "idempotency-key": "k" },
          ...(isGet ? {} : { raw }),
        });
        assert.ok(told.status < 500, told.text);
      },
    ),
    { numRuns: RUNS },
  );
});

Deno.test("any path is answered below 500", async () => {
  const { ask } = openCaller();
  const starts = ["/decisions/", "/features/", "/models/x/", "/webhooks/", "/"];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...starts),
      fc.string({ unit: "binary" }),
      fc.constantFrom("%E0%A4", "%2F..%2F", "//", "", "%00"),
      async (start, text, tail) => {
        const path = `${start}${
          encodeURIComponent(text.toWellFormed())
        }${tail}`;
        const told = await ask(`GET ${path}`);
        assert.ok(told.status < 500, told.text);
      },
    ),
    { numRuns: RUNS },
  );
});

Deno.test("what score accepts, it hands on unchanged", async () => {
  const { ask, stub } = openCaller();
  const id = fc.stringMatching(/^[a-z][a-z0-9_/]{0,20}$/);
  await fc.assert(
    fc.asyncProperty(
      fc.record({ campaign: id, subject: id, channel: id }),
      fc.dictionary(
        fc.stringMatching(/^[a-z]{1,8}\.[a-z0-9_]{1,8}$/),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
      ),
      fc.maxSafeNat(),
      async (context, features, micros) => {
        const told = await ask("POST /optimization/score", {
          body: {
            context,
            features,
            constraints: { ["max_bid_micros"]: `${micros}` },
          },
        });
        assert.equal(told.status, 200, told.text);
        const request = stub.decided.at(-1);
        const sent = JSON.parse(JSON.stringify(features));
        assert.deepEqual(request?.entities, { ...context });
        assert.deepEqual({ ...request?.features }, sent);
        assert.equal(request?.constraints.maxBidMicros, micros);
      },
    ),
    { numRuns: RUNS },
  );
});
