/**
 * Which reads are taken: about as many as may be, of everybody alike.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { EntityKey } from "../domain/entity.ts";
import type { FeatureView } from "../domain/feature.ts";
import { createSamples, type SampleOptions } from "./consistency_samples.ts";

const NOW = "2026-11-01T06:00:00.000Z";
const VIEW: FeatureView = {
  name: "orders",
  version: 1,
  entity: "subject",
  owner: "test",
  purposes: ["optimization"],
  about: "",
  ttlSeconds: 60,
  source: { grain: "event" },
  features: [],
};
const THROUGH = "2026-11-01T05:00:00.000Z";

function open(options: Partial<SampleOptions>) {
  let ms = 0;
  const samples = createSamples({
    clock: { now: () => NOW },
    nowMs: () => ms,
    secret: 7,
    ...options,
  });
  const read = (entity: EntityKey, through: string | null = THROUGH) =>
    samples.served("acme", { view: VIEW, entity }, { vector: null, through });
  return { samples, read, pass: (step: number) => ms += step };
}

Deno.test("of many reads about as many are taken as may be, of each entity alike", () => {
  const { samples, read, pass } = open({ perSecond: 800, waiting: Infinity });
  const [seconds, each] = [10, 2500];
  for (let one = 0; one < seconds * each; one++) {
    pass(1000 / each);
    for (const id of ["a", "b", "c"]) read(`subject:${id}`);
  }
  const taken = samples.take(Infinity).length / (800 * seconds);
  assert.ok(taken > 0.95 && taken <= 1.01, `${taken}`);
});

Deno.test("each entity and each part of a second are taken as often as others", () => {
  const { samples, read, pass } = open({ perSecond: 800, waiting: Infinity });
  const each = 2500;
  for (let one = 0; one < each; one++) {
    pass(1000 / each);
    for (const id of ["a", "b", "c"]) read(`subject:${id}`);
  }
  samples.take(Infinity);
  const early = [0, 0];
  const byEntity = new Map<string, number>();
  for (let one = 0; one < 9 * each; one++) {
    pass(1000 / each);
    for (const id of ["a", "b", "c"]) read(`subject:${id}`);
    for (const { entity } of samples.take(Infinity)) {
      byEntity.set(entity, (byEntity.get(entity) ?? 0) + 1);
      const part = one % each < each / 2 ? 0 : 1;
      early[part] = (early[part] ?? 0) + 1;
    }
  }
  const all = 800 * 9;
  for (const share of [...byEntity.values()].map((count) => count / all)) {
    assert.ok(Math.abs(share - 1 / 3) < 0.03, `${share}`);
  }
  assert.ok(Math.abs((early[0] ?? 0) / all - 0.5) < 0.05, `${early}`);
});

Deno.test("another secret takes other reads", () => {
  const taken = [1, 2].map((secret) => {
    const { samples, read, pass } = open({ perSecond: 10, secret });
    for (let one = 0; one < 400; one++) {
      pass(5);
      read(`subject:${one}`);
    }
    samples.take(10);
    return samples.take(Infinity).map(({ entity }) => entity);
  });
  assert.notDeepEqual(taken[0], taken[1]);
});

Deno.test("no more are taken in a second than may be, and none when the queue is full", () => {
  const { samples, read, pass } = open({ perSecond: 3, waiting: 5 });
  for (let one = 0; one < 10; one++) read(`subject:${one}`);
  assert.equal(samples.take(1).length, 1);
  assert.equal(samples.take(Infinity).length, 2);
  for (let second = 0; second < 4; second++) {
    pass(2000);
    for (let one = 0; one < 10; one++) read(`subject:${one}`);
  }
  assert.equal(samples.take(Infinity).length, 5);
});

Deno.test("a sample is of the later of the vector's moment and its view's", () => {
  const { samples, read } = open({});
  const entity = "subject:a";
  const at = "2026-11-01T04:00:00.000Z";
  const vector = {
    view: "orders",
    version: 1,
    entity,
    at,
    values: [],
  } as const;
  for (const through of [null, THROUGH, "2026-11-01T03:00:00.000Z"]) {
    samples.served("acme", { view: VIEW, entity }, { vector, through });
  }
  read(entity);
  read(entity, null);
  assert.deepEqual(
    samples.take(Infinity).map((one) => [one.at, one.servedAt]),
    [at, THROUGH, at, THROUGH].map((held) => [held, NOW]),
  );
});
