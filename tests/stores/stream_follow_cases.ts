/**
 * The stream: its order, who may go on with it, and what is kept for whom.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { StreamBatch } from "../../core/ports/stream.ts";
import { batch, campaignDay, type Case, keyed, subjectEvent } from "./cases.ts";
import { as, begin, DAY, drain, told, writeEvent } from "./stream_reader.ts";

const MANY = 5000;
/** Longest that a batch of that size may take to be told: row by row takes longer. */
const MANY_MS = 5000;

/** Cases about following. */
export const streamFollowCases: readonly Case[] = [
  {
    name:
      "batches of a source are told in their order, whatever its clocks said",
    run: async (stores, tenant) => {
      const consumer = as(tenant);
      await begin(stores, consumer);
      const days = ["09", "03", "05", "01", "07"];
      for (const day of days) {
        const observedAt = `2026-03-${day}T00:00:00.000Z`;
        await writeEvent(stores, tenant, { id: day, observedAt });
      }
      const messages = await told(stores, consumer);
      assert.deepEqual(
        messages.map((one) => one.kind === "event" && one.event.eventId),
        days,
      );
    },
  },
  {
    name: "writers at the same time: every batch once, in one order for all",
    run: async (stores, tenant) => {
      const live = ["one", "two", "three"].map((name) =>
        as(`${tenant}-${name}`)
      );
      const later = as(`${tenant}-later`);
      for (const consumer of [...live, later]) await begin(stores, consumer);
      const sources = ["a", "b", "c", "d", "e", "f"];
      const each = 12;
      let writing = true;
      const writers = Promise.all(sources.map(async (source, place) => {
        for (let n = 1; n <= each; n++) {
          const events = Array.from(
            { length: 1 + ((n * 7 + place * 13) % 5) ** 4 },
            (_, at) => subjectEvent(`${n}-${at}`, `${DAY}T10:00:00.000Z`),
          );
          await stores.signals.write(batch(tenant, { source, events }));
        }
      })).finally(() => writing = false);
      const [seen = [], ...others] = await Promise.all(
        live.map(async (consumer) => {
          const seen: StreamBatch[] = [];
          while (writing) seen.push(...await drain(stores.stream, consumer));
          return [...seen, ...await drain(stores.stream, consumer)];
        }),
      );
      await writers;
      for (const other of others) assert.deepEqual(other, seen);
      assert.deepEqual(await drain(stores.stream, later), seen);
      const positions = seen.map(({ position }) => position);
      assert.deepEqual(positions, positions.toSorted((a, b) => a - b));
      for (const source of sources) {
        const batches = seen.filter(({ messages }) =>
          messages[0]?.source === source
        );
        assert.deepEqual(
          batches.map(({ messages }) => messages[0]?.id.split("/")[2]),
          Array.from({ length: each }, (_, n) => String(n + 1)),
        );
      }
      assert.equal(seen.length, sources.length * each);
    },
  },
  {
    name: "one holder at a time; another takes over when the lease is over",
    run: async (stores, tenant) => {
      const { stream } = stores;
      const [one, two] = [as(tenant, "one", 1000), as(tenant, "two")];
      await begin(stores, one);
      for (const id of ["e-1", "e-2"]) await writeEvent(stores, tenant, { id });
      const first = await stream.next(one);
      assert.ok(first);
      assert.deepEqual(await stream.next(one), first);
      assert.equal(await stream.next(two), null);
      assert.equal(await stream.advance(two, first.position), false);
      assert.equal(await stream.renew(two), false);
      await new Promise((wake) => setTimeout(wake, 700));
      assert.equal(await stream.renew(one), true);
      await new Promise((wake) => setTimeout(wake, 500));
      assert.equal(await stream.next(two), null);
      await new Promise((wake) => setTimeout(wake, 1100));
      assert.deepEqual(await stream.next(two), first);
      assert.equal(await stream.advance(one, first.position), false);
      assert.equal(await stream.renew(one), false);
      assert.equal(await stream.next(one), null);
      assert.equal(await stream.advance(two, first.position), true);
      const second = await stream.next(two);
      assert.ok(second && second.position > first.position);
      assert.equal(await stream.advance(two, second.position), true);
      assert.equal(await stream.advance(two, second.position), true);
      assert.equal(await stream.advance(two, first.position), false);
      await stream.release(one);
      assert.equal(await stream.next(one), null);
      await stream.release(two);
      assert.equal(await stream.advance(two, second.position), false);
      assert.equal(await stream.next(one), null);
      assert.equal(await stream.renew(one), true);
    },
  },
  {
    name: "a lease that is nearly over is taken anew by looking for the next",
    run: async (stores, tenant) => {
      const { stream } = stores;
      await begin(stores, as(tenant, "one", 100));
      assert.equal(await stream.next(as(tenant, "one", 60_000)), null);
      await new Promise((wake) => setTimeout(wake, 150));
      await writeEvent(stores, tenant, { id: "e-1" });
      assert.equal(await stream.next(as(tenant, "two")), null);
      assert.ok(await stream.next(as(tenant, "one", 60_000)));
    },
  },
  {
    name: "a holder that comes later goes on where the last position was kept",
    run: async (stores, tenant) => {
      const { stream } = stores;
      const one = as(tenant, "one");
      await begin(stores, one);
      for (const id of ["e-1", "e-2", "e-3"]) {
        await writeEvent(stores, tenant, { id });
      }
      const first = await stream.next(one);
      assert.ok(first);
      await stream.advance(one, first.position);
      await stream.next(one);
      await stream.release(one);
      const rest = await told(stores, as(tenant, "two"));
      assert.deepEqual(
        rest.map((one) => one.kind === "event" && one.event.eventId),
        ["e-2", "e-3"],
      );
    },
  },
  {
    name: "a consumer may pass over what it knows, never backwards",
    run: async (stores, tenant) => {
      const { stream } = stores;
      const [one, two] = [as(tenant, "one"), as(tenant, "two")];
      await begin(stores, one);
      for (const id of ["e-1", "e-2"]) await writeEvent(stores, tenant, { id });
      const first = await stream.next(one);
      assert.ok(first);
      assert.equal(await stream.skip(two, first.position), false);
      assert.equal(await stream.skip(one, first.position), true);
      const second = await stream.next(one);
      assert.ok(second && second.position > first.position);
      assert.equal(await stream.skip(one, first.position - 1), true);
      assert.deepEqual(await stream.next(one), second);
      assert.equal(await stream.skip(one, null), true);
      assert.equal(await stream.next(one), null);
      await writeEvent(stores, tenant, { id: "e-3" });
      assert.equal((await stream.next(one))?.messages.length, 1);
    },
  },
  {
    name:
      "consumers that nobody works as any more are forgotten, others are not",
    run: async (stores, tenant) => {
      const { stream } = stores;
      const [idle, busy] = ["idle", "busy"].map((name) => ({
        ...as(tenant, "one"),
        consumer: `${tenant}/${name}`,
      }));
      assert.ok(idle && busy);
      for (const one of [idle, busy]) await stream.skip(one, null);
      await stream.release(idle);
      await new Promise((wake) => setTimeout(wake, 50));
      const before = new Date().toISOString();
      assert.equal(
        await stream.forgetIdle(`${tenant}/`, "2020-01-01T00:00:00.000Z"),
        0,
      );
      assert.equal(await stream.forgetIdle(`${tenant}/`, before), 1);
      const left = (await stream.lag()).map(({ consumer }) => consumer);
      assert.ok(left.includes(busy.consumer) && !left.includes(idle.consumer));
    },
  },
  {
    name: "only what is old and every consumer has passed is forgotten",
    run: async (stores, tenant) => {
      const { stream } = stores;
      for (const { consumer } of await stream.lag()) {
        assert.equal(await stream.forget(consumer), true);
      }
      await writeEvent(stores, tenant, { id: "unseen" });
      assert.ok(await stream.prune("2026-03-31T00:00:00.000Z") > 0);
      const [quick, slow] = [as(`${tenant}-quick`), as(`${tenant}-slow`)];
      assert.deepEqual(await told(stores, quick), []);
      await begin(stores, slow);
      for (const day of ["02", "03", "04"]) {
        const observedAt = `2026-03-${day}T00:00:00.000Z`;
        await writeEvent(stores, tenant, { id: day, observedAt });
      }
      await drain(stores.stream, quick);
      const first = await stream.next(slow);
      assert.equal(await stream.prune("2026-03-31T00:00:00.000Z"), 0);
      assert.ok(first && await stream.advance(slow, first.position));
      const lag = Object.fromEntries((await stream.lag())
        .map(({ consumer, waiting }) => [consumer, waiting]));
      assert.deepEqual(lag, { [quick.consumer]: 0, [slow.consumer]: 2 });
      assert.equal(await stream.prune("2026-03-02T00:00:00.000Z"), 0);
      assert.equal(await stream.prune("2026-03-31T00:00:00.000Z"), 1);
      assert.equal((await told(stores, slow)).length, 2);
      assert.equal(await stream.prune("2026-03-04T00:00:00.000Z"), 1);
      assert.equal(await stream.forget("nobody"), false);
    },
  },
  {
    name: "a large batch is told whole and quickly",
    run: async (stores, tenant) => {
      const consumer = as(tenant);
      await begin(stores, consumer);
      await stores.signals.write(batch(tenant, {
        events: Array.from(
          { length: MANY },
          (_, at) => subjectEvent(`e-${at}`, `${DAY}T10:00:00.000Z`),
        ),
        performance: Array.from(
          { length: MANY },
          (_, at) =>
            keyed(campaignDay(DAY, 1n, {
              entities: { account: "a-1", campaign: `c-${at}` },
            })),
        ),
      }));
      const started = performance.now();
      const next = await stores.stream.next(consumer);
      const tookMs = performance.now() - started;
      assert.equal(next?.messages.length, 2 * MANY);
      assert.ok(tookMs < MANY_MS, `it took ${Math.round(tookMs)} ms`);
    },
  },
];
