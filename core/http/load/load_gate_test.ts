/**
 * The gate before a simulated engine, on a clock of its own: one thread that takes a while
 * for each decision, and a disk that carries all that wait at once.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type Random, seededRandom } from "../../domain/random.ts";
import { createLoadGate, type Work } from "./load_gate.ts";

/** What a decision takes of the thread, a refusal of it, and a commit of the disk. */
const THREAD_MS = 0.25;
const REFUSAL_MS = 0.01;
const COMMIT_MS = 2;
const SLOW_COMMIT_MS = 30;
const CAPACITY_PER_SECOND = 1000 / THREAD_MS;

interface Job {
  readonly work: Work;
  readonly arrivedMs: number;
  leave(): void;
}

interface Outcome {
  /** Latencies of answered decisions that came after the first seconds, ascending. */
  readonly latencies: readonly number[];
  readonly offered: number;
  readonly refused: Readonly<Record<Work, number>>;
  /** When decisions were refused, ascending. */
  readonly refusedAtMs: readonly number[];
  readonly answered: Readonly<Record<Work, number>>;
}

/** An engine whose time the simulation moves. */
class Engine {
  nowMs = 0;
  readonly done: Job[] = [];
  /** Until when the thread is busy with what is queued. */
  #threadFreeMs = 0;
  #diskFreeMs = 0;
  #stalledUntilMs = 0;
  readonly #queue: { readonly readyMs: number; readonly job: Job }[] = [];

  constructor(readonly random: Random, readonly commitMs: number) {}

  refuse(): void {
    this.#threadFreeMs = Math.max(this.#threadFreeMs, this.nowMs) + REFUSAL_MS;
  }

  take(job: Job): void {
    const takes = -Math.log(1 - this.random.next()) * THREAD_MS;
    this.#threadFreeMs = Math.max(this.#threadFreeMs, this.nowMs) + takes;
    this.#queue.push({ readyMs: this.#threadFreeMs, job });
  }

  stall(untilMs: number): void {
    this.#stalledUntilMs = untilMs;
  }

  /** Ends all that ends by a moment. */
  run(untilMs: number): void {
    for (;;) {
      const [first] = this.#queue;
      if (first === undefined) break;
      const startMs = Math.max(
        first.readyMs,
        this.#diskFreeMs,
        this.#stalledUntilMs,
      );
      const endsMs = startMs + this.commitMs;
      if (endsMs > untilMs) break;
      this.#diskFreeMs = endsMs;
      this.nowMs = endsMs;
      const count = this.#queue.findIndex(({ readyMs }) => readyMs > startMs);
      const batch = this.#queue.splice(0, count < 0 ? Infinity : count);
      for (const { job } of batch) {
        job.leave();
        this.done.push(job);
      }
    }
    this.nowMs = untilMs;
  }
}

/** Offers decisions, and others, as they come by chance. */
function simulate(
  { perSecond, othersPerSecond = 0, seconds = 10, ...also }: {
    readonly perSecond: number;
    readonly othersPerSecond?: number;
    readonly seconds?: number;
    readonly stallAtMs?: number;
    readonly commitMs?: number;
  },
): Outcome {
  const random = seededRandom(7);
  const engine = new Engine(random, also.commitMs ?? COMMIT_MS);
  const nowMs = () => engine.nowMs;
  const gate = createLoadGate(nowMs);
  const refused = { decide: 0, other: 0, plan: 0 };
  const answered = { decide: 0, other: 0, plan: 0 };
  const refusedAtMs: number[] = [];
  const latencies: number[] = [];
  let { stallAtMs = Infinity } = also;
  const all = perSecond + othersPerSecond;
  let offered = 0;
  let atMs = 0;
  while (atMs < seconds * 1000) {
    atMs += -Math.log(1 - random.next()) * 1000 / all;
    engine.run(atMs);
    if (atMs >= stallAtMs) {
      engine.stall(atMs + 300);
      stallAtMs = Infinity;
    }
    const work = random.next() * all < perSecond ? "decide" : "other";
    if (work === "decide") offered += 1;
    const passage = gate.enter(work);
    if (passage === null) {
      refused[work] += 1;
      if (work === "decide") refusedAtMs.push(atMs);
      engine.refuse();
      continue;
    }
    const arrivedMs = atMs;
    engine.take({
      ...{ work, arrivedMs },
      leave: () => {
        passage.leave(true);
        answered[work] += 1;
        const isCounted = work === "decide" && arrivedMs > 2000;
        if (isCounted) latencies.push(engine.nowMs - arrivedMs);
      },
    });
  }
  engine.run(Infinity);
  latencies.sort((a, b) => a - b);
  return { latencies, offered, refused, refusedAtMs, answered };
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.floor(sorted.length * share)] ?? NaN;
}

Deno.test("what an engine can bear is let in, all of it", () => {
  const { refused, latencies, offered } = simulate({
    perSecond: 0.7 * CAPACITY_PER_SECOND,
  });
  assert.ok(refused.decide <= offered / 1000, `${refused.decide} refused`);
  assert.ok(quantile(latencies, 0.99) < 25);
});

Deno.test.each([{ times: 2, seconds: 35 }, { times: 5, seconds: 8 }])(
  "at $times times the capacity for $seconds seconds those let in are answered soon, with nearly all the time that refusing leaves",
  ({ times, seconds }) => {
    const { latencies, answered, refused } = simulate({
      perSecond: times * CAPACITY_PER_SECOND,
      seconds,
    });
    const p99 = quantile(latencies, 0.99);
    assert.ok(p99 < 25, `p99 ${p99} ms`);
    const refusingMs = refused.decide * REFUSAL_MS;
    const left = (seconds * 1000 - refusingMs) / THREAD_MS;
    const goodput = answered.decide / left;
    assert.ok(goodput > 0.9, `goodput ${goodput}`);
  },
);

Deno.test("what is not a decision is refused first", () => {
  const { refused, answered, offered } = simulate({
    perSecond: 0.6 * CAPACITY_PER_SECOND,
    othersPerSecond: 2 * CAPACITY_PER_SECOND,
  });
  assert.ok(refused.decide < offered * 0.1, `${refused.decide} refused`);
  assert.ok(refused.other > answered.other, `${refused.other} refused`);
});

Deno.test("after a stall all is let in again within seconds", () => {
  const { refused, latencies } = simulate({
    perSecond: 0.7 * CAPACITY_PER_SECOND,
    stallAtMs: 5_000,
  });
  assert.ok(refused.decide < 0.7 * CAPACITY_PER_SECOND, `${refused.decide}`);
  assert.ok(quantile(latencies, 0.9) < 20);
});

Deno.test("after a stall nothing is refused any more where there is time for all", () => {
  const { refusedAtMs } = simulate({
    ...{ perSecond: 1000, seconds: 60, stallAtMs: 5000 },
  });
  assert.ok(refusedAtMs.length > 0, "the stall was too long for all");
  assert.deepEqual(refusedAtMs.filter((at) => at > 5400), []);
});

/** A gate whose limit stalls made as small as it gets, and its clock. */
function openStalled() {
  const at = { ms: 0 };
  const gate = createLoadGate(() => at.ms);
  function decide(tookMs: number): void {
    const passage = gate.enter("decide");
    at.ms += tookMs;
    passage?.leave(true);
  }
  for (let turn = 0; turn < 100; turn++) decide(2);
  for (let turn = 0; turn < 10; turn++) decide(300);
  assert.equal(gate.standing().limit, 32);
  return { at, gate, decide };
}

Deno.test("a stall that comes after another finds as much room as at first", () => {
  const { gate, decide } = openStalled();
  for (let turn = 0; turn < 5000; turn++) decide(2);
  assert.ok(gate.standing().limit >= 256, `${gate.standing().limit}`);
});

Deno.test("after a pause a stall finds as much room as at first", () => {
  const { at, gate, decide } = openStalled();
  at.ms += 9000;
  decide(2);
  assert.ok(gate.standing().limit >= 256, `${gate.standing().limit}`);
});

Deno.test("where a commit takes long, those who wait for the next are let in", () => {
  const { refused } = simulate({
    ...{ perSecond: 2000, seconds: 30, commitMs: SLOW_COMMIT_MS },
  });
  assert.equal(refused.decide, 0);
});

Deno.test("neither slow callers nor what is refused or asks for many moves the limit", () => {
  let now = 0;
  const gate = createLoadGate(() => now);
  for (let turn = 0; turn < 100; turn++) {
    const quickly = gate.enter("decide");
    now += 2;
    quickly?.leave(true);
    const slowly = gate.enter("decide");
    now += 400;
    slowly?.begin();
    now += 2;
    slowly?.leave(true);
    const many = gate.enter("decide");
    now += 400;
    many?.leave(false);
  }
  assert.equal(gate.standing().limit, 256);
});

Deno.test("a limit that nothing leaves refuses, and one that is left lets in", () => {
  const gate = createLoadGate();
  const leaving = Array.from({ length: 8 }, () => gate.enter("plan"));
  assert.equal(gate.enter("plan"), null);
  assert.ok(gate.enter("decide"));
  leaving[0]?.leave(true);
  assert.ok(gate.enter("plan"));
  assert.deepEqual(gate.standing(), { limit: 256, inFlight: 9, refused: 1 });
});
