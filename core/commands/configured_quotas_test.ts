/**
 * The file of quotas is read as it says, or what is wrong with it is named.
 *
 * @module
 */
import assert from "node:assert/strict";
import { parseQuotas } from "./configured_quotas.ts";

Deno.test("quotas are read with their windows", () => {
  assert.deepEqual(
    parseQuotas([
      { tenant: "*", apart: true, burst: { most: 20, per: "second" } },
      {
        tenant: "acme",
        requests: { most: 100, seconds: 60 },
        decisions: { most: 1000, per: "day" },
      },
    ]),
    [
      { tenant: "*", apart: true, of: "burst", most: 20, seconds: 1 },
      { tenant: "acme", apart: false, of: "requests", most: 100, seconds: 60 },
      {
        ...{ tenant: "acme", apart: false, of: "decisions" },
        ...{ most: 1000, seconds: 86_400 },
      },
    ],
  );
});

const WRONG: readonly { note: string; file: unknown; message: RegExp }[] = [
  { note: "no list", file: {}, message: /file/ },
  {
    note: "no window",
    file: [{ tenant: "acme", requests: { most: 1 } }],
    message: /0\.requests/,
  },
  {
    note: "nothing allowed",
    file: [{ tenant: "acme", plans: { most: 0, per: "day" } }],
    message: /0\.plans/,
  },
  {
    note: "an unknown member",
    file: [{ tenant: "acme", request: { most: 1, per: "day" } }],
    message: /request/,
  },
  { note: "no tenant's name", file: [{ tenant: "a b" }], message: /0\.tenant/ },
  {
    note: "one tenant apart",
    file: [{ tenant: "acme", apart: true }],
    message: /"apart" is for/,
  },
  {
    note: "the same twice",
    file: [
      { tenant: "acme", plans: { most: 1, per: "day" } },
      { tenant: "acme", plans: { most: 2, per: "day" } },
    ],
    message: /plans of acme twice/,
  },
];

Deno.test.each([...WRONG])(
  "a file with $note is refused",
  ({ file, message }) => {
    assert.throws(() => parseQuotas(file), {
      code: "configuration_invalid",
      message,
    });
  },
);
