/**
 * Writes under callers' keys on two nodes over one database: one effect for each key,
 * whatever breaks in between.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createOnce, type Once } from "../../core/engine/once.ts";
import { EngineError } from "../../core/domain/error.ts";
import type { KeyedEffects } from "../../core/ports/decisions.ts";
import { createIdempotencyStore } from "../../core/store/idempotency.ts";
import { createKeyedEffects, withKey } from "../../core/store/keyed_effects.ts";
import type { Sql } from "../../core/store/sql.ts";
import { testDatabases } from "./databases.ts";

const KEY = { route: "PUT /things/{id}", key: "k-1", requestHash: "h-1" };
const NOW = "2026-03-01T12:00:00.000Z";

function nodeOn(
  sql: Sql,
  effects: Partial<KeyedEffects> = {},
  find = createIdempotencyStore(sql).find,
) {
  const clock = { at: NOW };
  const once = createOnce({
    idempotency: { find },
    effects: { ...createKeyedEffects(sql), ...effects },
    clock: { now: () => clock.at },
    ids: { next: (prefix) => `${prefix}_${crypto.randomUUID()}` },
  });
  return { once, clock };
}

function refused(error: EngineError) {
  return { status: error.status, text: error.code };
}

/** Counts its effects in a table. */
function write(sql: Sql, once: Once, key = KEY) {
  return once("acme", key, {
    refused,
    run: async () => {
      const [row] = await withKey(
        sql,
        "insert into effect (at) values (now()) returning number",
        [],
      );
      return { status: 201, text: `effect ${row?.number}` };
    },
  });
}

async function effects(sql: Sql): Promise<number> {
  return (await sql.query("select 1 from effect")).length;
}

const TABLE =
  "create table effect (number int4 generated always as identity, at timestamptz)";

const CASES: Readonly<Record<string, (sql: Sql) => Promise<void>>> = {
  "a key has one effect and one answer on two nodes": async (sql) => {
    const [one, other] = [nodeOn(sql).once, nodeOn(sql).once];
    const first = await write(sql, one);
    assert.deepEqual(first, { status: 201, text: "effect 1", replayed: false });
    assert.deepEqual(await write(sql, other), { ...first, replayed: true });
    await assert.rejects(write(sql, other, { ...KEY, requestHash: "h-2" }), {
      code: "idempotency_key_reused",
    });
    for (let round = 0; round < 20; round++) {
      const key = { ...KEY, key: `raced-${round}` };
      const raced = await Promise.allSettled(
        [one, other, one, other].map((once) => write(sql, once, key)),
      );
      const answers = raced.map((one) =>
        one.status === "fulfilled" ? one.value.text : one.reason.code
      );
      const made = answers.filter((answer) => answer.startsWith("effect"));
      assert.equal(new Set(made).size, 1, answers.join());
      assert.ok(
        answers.every((answer) =>
          answer === made[0] || answer === "idempotency_key_in_flight"
        ),
        answers.join(),
      );
      assert.equal(await effects(sql), round + 2);
    }
  },
  "an effect whose answer was lost with its node is not done again": async (
    sql,
  ) => {
    const lost = new EngineError(
      "store_unavailable",
      "Cannot use the database",
    );
    const dying = nodeOn(sql, { settle: () => Promise.reject(lost) });
    await assert.rejects(write(sql, dying.once), lost);
    const after = nodeOn(sql);
    await assert.rejects(write(sql, after.once), {
      code: "idempotency_key_in_flight",
    });
    after.clock.at = "2026-03-01T12:05:00.000Z";
    await assert.rejects(write(sql, after.once), { code: "answer_lost" });
    assert.equal(await effects(sql), 1);
  },
  "what fails behind its effect is not done again, and what fails before it is free":
    async (sql) => {
      const { once } = nodeOn(sql);
      const failing = (key: typeof KEY, work: () => Promise<unknown>) =>
        once("acme", key, {
          refused,
          run: async () => {
            await work();
            throw new EngineError("store_unavailable", "Cannot");
          },
        });
      const insert = "insert into effect (at) values (now())";
      await assert.rejects(failing(KEY, () => withKey(sql, insert, [])), {
        code: "store_unavailable",
      });
      await assert.rejects(write(sql, once), {
        code: "idempotency_key_in_flight",
      });
      assert.equal(await effects(sql), 1);
      const free = { ...KEY, key: "k-free" };
      await assert.rejects(failing(free, () => Promise.resolve()), {
        code: "store_unavailable",
      });
      assert.equal((await write(sql, once, free)).text, "effect 2");
    },
  "what is refused is refused again": async (sql) => {
    const { once } = nodeOn(sql);
    const key = { ...KEY, key: "k-2" };
    await assert.rejects(
      once("acme", key, {
        refused,
        run: () =>
          Promise.reject(new EngineError("approval_invalid", "Cannot")),
      }),
      { code: "approval_invalid" },
    );
    assert.deepEqual(await write(sql, once, key), {
      ...{ status: 409, text: "approval_invalid", replayed: true },
    });
    assert.equal(await effects(sql), 0);
  },
  "two nodes that both found no key answer alike, also where nothing kept it":
    async (sql) => {
      const key = { ...KEY, key: "k-3" };
      const began = [
        Promise.withResolvers<void>(),
        Promise.withResolvers<void>(),
      ];
      const ask = (place: number, answer: string | EngineError) =>
        nodeOn(sql).once("acme", key, {
          refused,
          run: async () => {
            began[place]?.resolve();
            await began[1 - place]?.promise;
            if (typeof answer !== "string") throw answer;
            return { status: 201, text: answer };
          },
        });
      const answers = await Promise.allSettled([
        ask(0, "told"),
        ask(1, new EngineError("approval_invalid", "Cannot")),
      ]);
      const told = answers.map((one) =>
        one.status === "fulfilled"
          ? [one.value.text, one.value.replayed]
          : [one.reason.code, false]
      );
      assert.equal(told[0]?.[0], told[1]?.[0], "one answer");
      assert.equal(told.filter(([, again]) => again).length, 1);
    },
  "what must work without the database does, and keeps its key when it can":
    async (sql) => {
      const down = () =>
        Promise.reject(new EngineError("store_unavailable", "Cannot"));
      const hangs = () => new Promise<never>(() => {});
      const work = {
        ...{ refused, evenUnkept: true },
        run: () => Promise.resolve({ status: 201, text: "stopped" }),
      };
      for (const unanswered of [down, hangs]) {
        const { once } = nodeOn(sql, { settle: unanswered }, unanswered);
        assert.deepEqual(await once("acme", KEY, work), {
          ...{ status: 201, text: "stopped", replayed: false },
        });
      }
      const { once } = nodeOn(sql);
      await once("acme", KEY, work);
      assert.equal((await once("acme", KEY, work)).replayed, true);
      await assert.rejects(once("acme", { ...KEY, requestHash: "h-2" }, work), {
        code: "idempotency_key_reused",
      });
    },
  "an effect that is rolled back keeps no key": async (sql) => {
    const { once } = nodeOn(sql);
    await assert.rejects(
      once("acme", KEY, {
        refused,
        run: () =>
          Promise.resolve(withKey(sql, "insert into no_table values (1)", []))
            .then(() => ({ status: 200, text: "" })),
      }),
      { code: "store_unavailable" },
    );
    assert.equal((await write(sql, once)).text, "effect 1");
  },
};

testDatabases("callers' keys are kept with effects", async (sql, t) => {
  await sql.query(TABLE);
  for (const [name, run] of Object.entries(CASES)) {
    await sql.query("truncate effect restart identity");
    await sql.query("truncate idempotent_answer");
    await t.step(name, () => run(sql));
  }
});
