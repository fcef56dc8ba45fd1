/**
 * Pauses between attempts, and hosts that are left alone.
 *
 * @module
 */
import assert from "node:assert/strict";
import { EngineError } from "../../domain/error.ts";
import { seededRandom } from "../../domain/random.ts";
import { manualClock } from "../../../tests/vendors/manual_clock.ts";
import { createPersistence, pauseMs } from "./breaker.ts";

const HOST = "ads.example";

/** A breaker, and how often the host was called; the host is down while it is told to be. */
function open() {
  const clock = manualClock("2026-08-01T00:00:00.000Z");
  const random = seededRandom(1).next;
  const lent = { clock, sleep: clock.sleep, random };
  const guarded = createPersistence({
    ...lent,
    isDown: (outcome) => outcome === "down",
  });
  let calls = 0;
  function call(outcome: string): Promise<string> {
    return guarded.guard(HOST, () => {
      calls++;
      return Promise.resolve(outcome);
    });
  }
  async function fail(times: number): Promise<void> {
    for (let time = 0; time < times; time++) await call("down");
  }
  return { clock, lent, guarded, call, fail, calls: () => calls };
}

function refusal(retryAfterSeconds: number) {
  return { code: "source_unavailable", facts: { retryAfterSeconds } };
}

Deno.test("pauses grow, are hardly ever alike, and have a bound", () => {
  const { next } = seededRandom(7);
  const medians = [1, 2, 3, 4, 5].map((attempt) => {
    const drawn = Array.from({ length: 999 }, () => pauseMs(attempt, next));
    assert(new Set(drawn).size > 900, "drawn at random");
    return drawn.toSorted((a, b) => a - b)[500] ?? 0;
  });
  assert.deepEqual(medians, medians.toSorted((a, b) => a - b));
  assert.equal(Math.round((medians[0] ?? 0) / 100), 10);
  assert((medians[4] ?? 0) > 3000, `${medians}`);
  assert.equal(pauseMs(1, () => 0), 500);
  assert(pauseMs(30, () => 0.999) <= 30_000);
});

Deno.test("pause() waits as long as the source asked at least", async () => {
  const { clock, guarded } = open();
  const start = Date.parse(clock.now());
  await guarded.pause(1, 20_000);
  assert.equal(Date.parse(clock.now()) - start, 20_000);
});

Deno.test("a host that failed ten times in a row is left alone", async () => {
  const { clock, call, fail, calls } = open();
  await fail(9);
  assert.equal(await call("up"), "up");
  await fail(10);
  await assert.rejects(call("up"), refusal(30));
  clock.advance(29_001);
  await assert.rejects(call("up"), refusal(1));
  assert.equal(calls(), 20);
});

Deno.test("one call tries a host again, which is then trusted or left alone for longer", async () => {
  const { clock, call, fail, calls } = open();
  await fail(10);
  for (const seconds of [30, 60, 120, 240, 480, 600, 600]) {
    await assert.rejects(call("up"), refusal(seconds));
    clock.advance(seconds * 1000);
    assert.equal(await call("down"), "down");
  }
  assert.equal(calls(), 17);
  clock.advance(600_000);
  assert.equal(await call("up"), "up");
  await fail(10);
  await assert.rejects(call("up"), refusal(30));
});

Deno.test("those who come while a host is tried again wait for what comes of it", async () => {
  const { clock, call, fail, calls } = open();
  await fail(10);
  clock.advance(30_000);
  const outcomes = await Promise.allSettled(
    ["down", "up", "up"].map((outcome) => call(outcome)),
  );
  assert.deepEqual(outcomes.map(({ status }) => status), [
    "fulfilled",
    "rejected",
    "rejected",
  ]);
  assert.equal(calls(), 11);
});

Deno.test.each(
  [
    { code: "source_unavailable", left: true },
    { code: "source_refused", left: false },
  ] as const,
)("a thrown $code counts: $left", async ({ code, left }) => {
  const { guarded, call } = open();
  const thrown = new EngineError(code, "Cannot call source");
  for (let time = 0; time < 10; time++) {
    const run = () => Promise.reject(thrown);
    await assert.rejects(guarded.guard(HOST, run), (error) => error === thrown);
  }
  if (left) await assert.rejects(call("up"), refusal(30));
  else assert.equal(await call("up"), "up");
});

Deno.test("a refusal by the host shows that it is up", async () => {
  const { guarded, call, fail } = open();
  await fail(9);
  const refuse = () => Promise.reject(new TypeError("refused"));
  await assert.rejects(guarded.guard(HOST, refuse), TypeError);
  await fail(9);
  assert.equal(await call("up"), "up");
});

Deno.test("hosts are told apart", async () => {
  const { guarded, call, fail } = open();
  await fail(10);
  const run = () => Promise.resolve("up");
  assert.equal(await guarded.guard("other.example", run), "up");
  await assert.rejects(call("up"), refusal(30));
});

Deno.test.each([
  { outcome: { kind: "failed", reason: "no connection" }, down: true },
  { outcome: { kind: "throttled" }, down: false },
  { outcome: { kind: "refused" }, down: false },
  { outcome: { kind: "taken" }, down: false },
  { outcome: null, down: false },
])(
  "a host is down when it gives $outcome: $down",
  async ({ outcome, down }) => {
    const { guard } = createPersistence(open().lent);
    const run = () => Promise.resolve(outcome);
    for (let time = 0; time < 10; time++) await guard(HOST, run);
    if (down) await assert.rejects(guard(HOST, run), refusal(30));
    else assert.equal(await guard(HOST, run), outcome);
  },
);

Deno.test("persistence goes by the machine's clock where none is lent", async () => {
  const { lent: { sleep, random } } = open();
  const { guard } = createPersistence({ sleep, random });
  const run = () => Promise.resolve({ kind: "failed" });
  for (let time = 0; time < 10; time++) await guard(HOST, run);
  await assert.rejects(guard(HOST, run), refusal(30));
});
