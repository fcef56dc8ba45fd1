/**
 * People are taken out of the database with all that names them, and nothing else is.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createDecisionLog } from "../../core/store/log/decision_log.ts";
import { createErasureStore } from "../../core/store/erasure.ts";
import { createSignalStore } from "../../core/store/signal_store.ts";
import type { Sql } from "../../core/store/sql.ts";
import { batch, SOURCE, subjectEvent } from "./cases.ts";
import { testDatabases } from "./databases.ts";
import {
  AT,
  checkCounts,
  dump,
  erase,
  JANE,
  LATER,
  OTHER,
  planted,
  REJECT,
  VANISHED,
} from "./erasing.ts";

testDatabases(
  "all that names a pseudonym goes, and nothing else",
  async (sql) => {
    const tenant = "acme";
    const signals = createSignalStore(sql);
    await signals.write(batch(tenant, planted(JANE)));
    await signals.write(batch("rival", planted(JANE)));
    const others = batch("other", planted(OTHER));
    await signals.write(others);
    await signals.write({ ...others, tenant });
    const restated = planted(JANE).performance.map((row) => ({
      ...row,
      contentHash: "other",
    }));
    await signals.write(
      batch(tenant, { performance: restated, observedAt: LATER }),
    );
    await keepAnswers(sql, tenant, [JANE, OTHER]);
    const { record, bereft, naming } = await erase(sql, tenant, {
      subjects: [JANE],
      at: LATER,
    });
    assert.deepEqual(record, {
      id: `era_${LATER}`,
      at: LATER,
      finishedAt: LATER,
      askedBy: "key_1",
      subjects: 1,
      erased: {
        events: 4,
        performance: 3 + VANISHED + 3,
        claims: 1,
        deadLetters: 1,
        answers: 1,
        vectors: 0,
        keys: 0,
      },
      models: [],
    });
    assert.deepEqual(naming, [`subject:${JANE}`]);
    assert.deepEqual(bereft.ad, [{
      id: "a-1",
      moments: ["2026-02-01T13:00:00.000Z"],
    }]);
    assert.deepEqual(bereft.subject?.map(({ id }) => id), ["u-9"]);
    assert.deepEqual(bereft.campaign?.map(({ id }) => id).sort(), [
      "c-1",
      "c-2",
    ]);
    assert.ok(!(await dump(sql, tenant)).includes(JANE));
    assert.ok((await dump(sql, "rival")).includes(JANE));
    await checkCounts(sql, tenant);
    const left = await sql.query(
      `select 1 from event where tenant = $1 union all
    select 1 from performance where tenant = $1 union all
    select 1 from dead_letter where tenant = $1 union all
    select 1 from idempotent_answer where tenant = $1`,
      [tenant],
    );
    assert.equal(left.length, 4 + 3 + 1 + 1);
  },
);

async function keepAnswers(
  sql: Sql,
  tenant: string,
  people: readonly string[],
): Promise<void> {
  await createDecisionLog(sql).append(people.map((person) => ({
    tenant,
    id: `dec_${person.slice(-4)}`,
    at: AT,
    record: "{}",
    idempotent: {
      route: "/optimization/score",
      key: `k-${person.slice(-4)}`,
      requestHash: "h",
      status: 200,
      answer: JSON.stringify({ entity: `subject:${person}` }),
    },
  })));
}

testDatabases(
  "a plain id goes where ids stand, and takes no others",
  async (sql) => {
    const tenant = "acme";
    const signals = createSignalStore(sql);
    const of = (id: string, place: number) =>
      subjectEvent(`${id}-${place}`, "2026-02-01T10:00:00.000Z", {
        entities: { subject: id },
        properties: { count: "17", by: "u-100" },
      });
    await signals.write(batch(tenant, {
      events: ["17", "u-100", "u-1000", "u-10"].map(of),
      rejects: [
        `{"user":"u-100"}`,
        `u-100,x`,
        `{"user":"u-1000"}`,
        `au-100`,
        `{"n":17}`,
        `{"user":"17"}`,
      ].map((original) => ({ ...REJECT, original })),
    }));
    const { record } = await erase(sql, tenant, { subjects: ["17", "u-100"] });
    assert.equal(record.erased.events, 2);
    assert.equal(record.erased.deadLetters, 3);
    const left = await sql.query<{ original: string }>(
      `select original from dead_letter where tenant = $1 order by original`,
      [tenant],
    );
    assert.deepEqual(
      left.map(({ original }) => original).sort(),
      [`au-100`, `{"n":17}`, `{"user":"u-1000"}`].sort(),
    );
  },
);

testDatabases("an id's marks are no pattern", async (sql) => {
  const id = `u.*+?()[]{}|^$\\"1`;
  const tenant = "acme";
  const originals = [JSON.stringify({ id }), `x ${id} y`, "uu1", "u-1"];
  await createSignalStore(sql).write(batch(tenant, {
    rejects: originals.map((original) => ({ ...REJECT, original })),
  }));
  const { record } = await erase(sql, tenant, { subjects: [id] });
  assert.equal(record.erased.deadLetters, 2);
});

testDatabases(
  "interrupted it goes on, repeated it changes nothing",
  async (sql) => {
    const tenant = "acme";
    const signals = createSignalStore(sql);
    await signals.write(batch(tenant, planted(JANE)));
    const store = createErasureStore(sql);
    const first = { tenant, id: "era_1", subjects: [JANE] };
    await store.begin(first, { at: AT, askedBy: "key_1" });
    await store.eraseSource(first, SOURCE, []);
    const listed = await store.list(tenant, 10);
    assert.deepEqual(listed.map(({ finishedAt }) => finishedAt), [null]);
    const { record, bereft } = await erase(sql, tenant, {
      subjects: [JANE],
      at: LATER,
      id: "era_2",
    });
    assert.equal(record.id, "era_1");
    assert.equal(record.at, LATER);
    assert.equal(record.erased.events, 4);
    assert.ok(bereft.campaign);
    const again = await erase(sql, tenant, { subjects: [JANE], id: "era_3" });
    assert.equal(again.record.id, "era_3");
    assert.ok(Object.values(again.record.erased).every((count) => count === 0));
    assert.deepEqual(again.bereft, {});
    assert.deepEqual(await store.list("rival", 10), []);
    assert.deepEqual(
      (await store.list(tenant, 1)).map(({ id }) => id),
      ["era_1"],
    );
  },
);

testDatabases(
  "models are named by the starting events they learnt from",
  async (sql) => {
    const tenant = "acme";
    const at = (day: number) => `2026-02-0${day}T00:00:00.000Z`;
    await createSignalStore(sql).write(batch(tenant, {
      observedAt: at(5),
      events: [1, 2, 3].map((day) => subjectEvent(`e-${day}`, at(day))),
    }));
    const query = {
      tenant,
      start: "Email Opened",
      actionProperty: null,
      outcome: "Order",
      matchOn: "subject",
      withinDays: 1,
      measure: "occurs" as const,
      from: null,
      until: null,
      knownAt: null,
    };
    const models = [
      { model: "all@1", query },
      { model: "from@1", query: { ...query, from: at(2) } },
      { model: "until@1", query: { ...query, until: at(2) } },
      { model: "known@1", query: { ...query, knownAt: at(5) } },
      { model: "before@1", query: { ...query, knownAt: at(4) } },
      { model: "other@1", query: { ...query, start: "Email Sent" } },
      { model: "unmatched@1", query: { ...query, matchOn: "ad" } },
      { model: "unreadable@1", query: null },
    ];
    const store = createErasureStore(sql);
    const target = { tenant, id: "era_1", subjects: ["s-1"] };
    await store.begin(target, { at: AT, askedBy: "key_1" });
    await store.eraseSource(target, SOURCE, models);
    const record = await store.finish(target, { at: AT, vectors: 2 });
    assert.equal(record.erased.vectors, 2);
    assert.deepEqual(record.models, [
      { model: "all@1", rows: 3 },
      { model: "from@1", rows: 2 },
      { model: "until@1", rows: 1 },
      { model: "known@1", rows: 3 },
      { model: "unreadable@1", rows: null },
    ]);
  },
);
