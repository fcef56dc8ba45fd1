/**
 * What is masked does not leave, and all else leaves as it is.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { createMasking, isMaskPath, SUBJECT_MASK } from "./masks.ts";

const RECORD = {
  request: { entities: { subject: "u-1", campaign: "c-1" } },
  decision: { features: { "a.b": { value: 1 }, "c/d": { value: 2 } } },
  outcomes: [{ id: "o-1" }, { id: "o-2" }],
};

Deno.test("ids of people are committed to unless told otherwise", () => {
  const { masks, apply } = createMasking();
  assert.deepEqual(masks, [SUBJECT_MASK]);
  const masked = apply("acme", RECORD) as typeof RECORD;
  assert.match(masked.request.entities.subject, /^hmac:[0-9a-f]{64}$/);
  assert.equal(masked.request.entities.campaign, "c-1");
  assert.equal(RECORD.request.entities.subject, "u-1");
});

Deno.test("the same value has the same commitment under the same key and tenant alone", () => {
  const key = new Uint8Array(32).fill(1);
  const [one, same, other] = [
    createMasking([], key),
    createMasking([], key),
    createMasking(),
  ].map(({ apply }) => JSON.stringify(apply("acme", RECORD)));
  assert.equal(one, same);
  assert.notEqual(one, other);
  const elsewhere = createMasking([], key).apply("rival", RECORD);
  assert.notEqual(JSON.stringify(elsewhere), one);
});

Deno.test.each([
  { path: "/decision/features/*/value", left: '{"a.b":{},"c/d":{}}' },
  { path: "/decision/features/c~1d", left: '{"a.b":{"value":1}}' },
  {
    path: "/decision/features/none/x",
    left: '{"a.b":{"value":1},"c/d":{"value":2}}',
  },
])("$path leaves $left", ({ path, left }) => {
  const { apply } = createMasking([{ path, how: "drop" }]);
  const masked = apply("acme", RECORD) as typeof RECORD;
  assert.equal(JSON.stringify(masked.decision.features), left);
});

Deno.test("members of lists are masked in their places", () => {
  const { apply } = createMasking([
    { path: "/outcomes/*/id", how: "drop" },
    { path: "/outcomes/1", how: "drop" },
  ]);
  const { outcomes } = apply("acme", RECORD) as { outcomes: unknown[] };
  assert.deepEqual(outcomes, [{}, null]);
});

Deno.test("a secret at a masked path is nowhere in what leaves", () => {
  const name = fc.stringMatching(/^[a-z]{1,5}$/);
  fc.assert(fc.property(
    fc.array(name, { minLength: 1, maxLength: 4 }),
    fc.constantFrom("drop" as const, "commit" as const),
    fc.dictionary(name, fc.jsonValue()),
    (steps, how, beside) => {
      const secret = "s3cr3t-4711";
      const deep = steps.reduceRight<unknown>(
        (inner, step) => ({ ...beside, [step]: inner }),
        secret,
      );
      const { apply } = createMasking([{ path: `/${steps.join("/")}`, how }]);
      const masked = JSON.stringify(apply("acme", deep));
      assert.ok(!masked.includes(secret));
    },
  ));
});

Deno.test("only pointers to something are paths", () => {
  const paths = ["/a", "/a/*", "/a~1b", "/"];
  assert.ok(paths.every(isMaskPath));
  assert.ok(!["", "a", "/a~2", "/~"].some(isMaskPath));
});
