/**
 * Who is let in by which quota, what the answer says of it, and what holds while the store
 * does not answer.
 *
 * @module
 */
import assert from "node:assert/strict";
import { NO_DEADLINE, openDeadlines } from "../../domain/deadline.ts";
import { createAllotments } from "./allotments.ts";
import {
  type AllowanceRule,
  type Counted,
  createAllowances,
} from "./allowances.ts";
import { createMemoryBook } from "./memory_book_test.ts";

const MINUTE = { apart: false, of: "requests", seconds: 60 } as const;

function open(rules: readonly AllowanceRule[]) {
  const book = createMemoryBook();
  let nowMs = 0;
  const clock = () => nowMs;
  const allotments = createAllotments(book, clock);
  const allowances = createAllowances(rules, {
    ...{ allotments, nowMs: clock, random: () => 0 },
  });
  return {
    book,
    allotments,
    pass: (ms: number) => {
      nowMs += ms;
      book.clockMs += ms;
    },
    admit: async (
      tenant = "acme",
      counted: Counted | null = null,
      deadline = NO_DEADLINE,
    ) => await allowances.admit(tenant, counted, deadline),
    admitted: async (times: number, ...of: [string?, Counted?]) => {
      let admitted = 0;
      for (let time = 0; time < times; time++) {
        const { refusal } = await allowances.admit(
          of[0] ?? "acme",
          of[1] ?? null,
          NO_DEADLINE,
        );
        if (refusal === null) admitted += 1;
      }
      return admitted;
    },
  };
}

Deno.test("a quota lets its most in, and says how it stands", async () => {
  const { admit, admitted, pass } = open([
    { ...MINUTE, tenant: "acme", most: 3 },
  ]);
  const first = await admit();
  assert.deepEqual(first, {
    refusal: null,
    headers: {
      "ratelimit-policy": '"tenant-requests";q=3;w=60',
      ratelimit: '"tenant-requests";r=2;t=60',
    },
  });
  assert.equal(await admitted(5), 2);
  pass(20_500);
  const { refusal, headers } = await admit();
  assert.equal(refusal?.code, "rate_limited");
  assert.equal(refusal?.status, 429);
  assert.equal(refusal?.retryAfterSeconds, 40);
  assert.deepEqual(refusal?.violated, ["tenant-requests"]);
  assert.equal(headers.ratelimit, '"tenant-requests";r=0;t=40');
  pass(39_500);
  assert.equal(await admitted(5), 3);
  assert.deepEqual(await admit("other"), { refusal: null, headers: {} });
});

Deno.test("of all together, each apart, and its own: the strictest holds", async () => {
  const rules = [
    { ...MINUTE, tenant: "*", most: 10 },
    { ...MINUTE, tenant: "*", apart: true, most: 4 },
    { ...MINUTE, tenant: "acme", most: 7 },
  ];
  const { admitted, admit } = open(rules);
  assert.equal(await admitted(9, "acme"), 7);
  assert.equal(await admitted(9, "other"), 3);
  const { refusal, headers } = await admit("third");
  assert.deepEqual(refusal?.violated, ["all-requests"]);
  assert.equal(headers["ratelimit-policy"], '"tenant-requests";q=4;w=60');
});

Deno.test("what one quota refuses no other counts", async () => {
  const { admitted, allotments } = open([
    { ...MINUTE, tenant: "acme", most: 9 },
    { ...MINUTE, tenant: "acme", of: "decisions", most: 2, seconds: 86_400 },
  ]);
  assert.equal(await admitted(8, "acme", "decisions"), 2);
  assert.equal(await admitted(20, "acme"), 7);
  const window = { tenant: "acme", allowance: "tenant-requests" };
  const { left } = allotments.standing({ ...window, most: 9, seconds: 60 });
  assert.equal(left, 0);
});

Deno.test("while the store is away what costs money is refused, and an eighth of the rest let in", async () => {
  const { book, admit, admitted, pass } = open([
    { ...MINUTE, tenant: "acme", most: 80 },
    { ...MINUTE, tenant: "acme", of: "plans", most: 5, seconds: 86_400 },
  ]);
  book.isAway = true;
  assert.equal(await admitted(30), 10);
  const { refusal } = await admit("acme", "plans");
  assert.equal(refusal?.status, 429);
  pass(60_000);
  const unknown = await admit("acme", "plans");
  assert.equal(unknown.refusal?.code, "store_unavailable");
  assert.equal(unknown.refusal?.status, 503);
  book.isAway = false;
  assert.equal(await admitted(1, "acme", "plans"), 1);
});

Deno.test("a store that hangs is waited for a part of the time, and what it grants late is not lost", async () => {
  const { book, admit, allotments } = open([
    { ...MINUTE, tenant: "acme", most: 80 },
  ]);
  const opening = Promise.withResolvers<void>();
  book.gate = opening.promise;
  const { refusal } = await admit("acme", null, openDeadlines().start(40));
  assert.equal(refusal, null);
  opening.resolve();
  await new Promise((turn) => setTimeout(turn));
  const window = { tenant: "acme", allowance: "tenant-requests" };
  const { left } = allotments.standing({ ...window, most: 80, seconds: 60 });
  assert.equal(left, 80);
});
