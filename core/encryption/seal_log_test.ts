/**
 * A sealed log reads as one in clear, tells nothing to whoever has no key, and shows
 * every change that somebody makes to its rows.
 *
 * @module
 */
import assert from "node:assert/strict";
import { canonicalJson, sha256 } from "../domain/canonical.ts";
import { subjectHash } from "../domain/keyed_hash.ts";
import { readLogHeader } from "../domain/log_record.ts";
import { parseSealed } from "../domain/sealed_record.ts";
import type { IdempotentAnswer, LogEntry } from "../ports/decisions.ts";
import { createDataKeys, NOBODY } from "./data_keys.ts";
import {
  createMemoryKeys,
  createMemoryLog,
  createTestClock,
  masterOf,
} from "./memory_stores_test.ts";
import { openAnswers } from "./seal_answers.ts";
import { sealLog } from "./seal_log.ts";

const RECORD = '{"v":1,"text":"what only she did"}';
const ANSWER: IdempotentAnswer = {
  route: "/optimization/score",
  key: "k-1",
  requestHash: "h",
  status: 200,
  answer: "an answer to her",
};

function openWorld() {
  const clock = createTestClock();
  const store = createMemoryKeys();
  const memory = createMemoryLog(store);
  const keys = createDataKeys({ store, master: masterOf(1), clock });
  return {
    ...{ clock, store, keys, memory, log: sealLog(memory.log, keys) },
    answers: openAnswers(memory.idempotency, keys),
    entry: (id: string, more: Partial<LogEntry> = {}): LogEntry => ({
      ...{ tenant: "acme", id, at: clock.now(), record: RECORD },
      entities: ["subject:u-1", "campaign:c-1"],
      idempotent: null,
      ...more,
    }),
    async erase(subject: string) {
      const at = clock.now();
      const names = await keys.blind("acme", [`subject:${subject}`]);
      store.erased.set(subjectHash("acme", subject), at);
      for (const name of names) store.destroySubject("acme", name, at);
      keys.forget("acme");
    },
  };
}

Deno.test("what is kept is canonical, says whose it is and when, and nothing else", async () => {
  const { log, memory, entry, clock } = openWorld();
  await log.append([entry('dec_"1"', { idempotent: ANSWER })]);
  const [row] = memory.rows;
  assert.ok(row);
  assert.equal(canonicalJson(JSON.parse(row.record)), row.record);
  assert.deepEqual(readLogHeader(row.record), {
    ...{ tenant: "acme", id: 'dec_"1"', at: clock.now(), kind: "decision" },
  });
  assert.equal(row.hash, sha256(`${row.prev}\n1\n${row.record}`));
  const kept = JSON.stringify([memory.rows, [...memory.answers]]);
  assert.ok(!kept.includes(btoa(RECORD).slice(0, 20)));
  for (const word of ["she did", "u-1", "c-1", "answer to her"]) {
    assert.ok(!kept.includes(word), word);
  }
});

Deno.test("it is found, read and searched as one in clear", async () => {
  const { log, entry, answers } = openWorld();
  await log.append([
    entry("dec_1", { idempotent: ANSWER }),
    entry("dec_2", { entities: ["campaign:c-1"] }),
    entry("dec_3", { entities: [], tenant: "beta" }),
  ]);
  assert.equal((await log.find("acme", "dec_1"))?.opened, RECORD);
  const read = await log.read("acme", 0, 10);
  assert.deepEqual(read.map(({ opened }) => opened), [RECORD, RECORD]);
  const ask = async (tenant: string, entity: string) =>
    (await log.search(tenant, { entities: [entity], limit: 10 }))
      .map(({ id, opened }) => [id, opened]);
  assert.deepEqual(await ask("acme", "subject:u-1"), [["dec_1", RECORD]]);
  assert.deepEqual(await ask("acme", "campaign:c-1"), [
    ["dec_1", RECORD],
    ["dec_2", RECORD],
  ]);
  assert.deepEqual(await ask("beta", "campaign:c-1"), []);
  assert.deepEqual(await answers.find("acme", ANSWER.route, "k-1"), ANSWER);
  const again = await log.append([entry("dec_4", { idempotent: ANSWER })]);
  assert.deepEqual(again, [{ kind: "duplicate", first: ANSWER }]);
});

Deno.test("records and answers from before are read as they are", async () => {
  const { log, memory, entry, answers } = openWorld();
  await memory.log.append([entry("dec_1", { idempotent: ANSWER })]);
  await log.append([entry("dec_2")]);
  const [old, sealed] = await log.read("acme", 0, 10);
  assert.deepEqual([old?.record, old?.opened], [RECORD, undefined]);
  assert.equal(sealed?.opened, RECORD);
  assert.deepEqual(await answers.find("acme", ANSWER.route, "k-1"), ANSWER);
  const found = await log.search("acme", {
    entities: ["subject:u-1"],
    limit: 9,
  });
  assert.deepEqual(found.map(({ id }) => id), ["dec_1", "dec_2"]);
});

Deno.test("a record in the place of another does not open", async () => {
  const { log, memory, entry } = openWorld();
  await log.append([
    entry("dec_1"),
    entry("dec_2"),
    entry("dec_1", { tenant: "beta" }),
    entry("dec_3", { kind: "outcome" }),
  ]);
  const texts = memory.rows.map(({ record }) => record);
  const [first = "", second = "", other = "", outcome = ""] = texts;
  const swaps = [
    second,
    other,
    other.replace('"tenant":"beta"', '"tenant":"acme"'),
    second.replace('"id":"dec_2"', '"id":"dec_1"'),
    outcome.replace('"id":"dec_3"', '"id":"dec_1"')
      .replace('"of":"outcome"', '"of":"decision"'),
    first.replace(
      parseSealed(first)?.data ?? "",
      parseSealed(second)?.data ?? "",
    ),
  ];
  for (const record of swaps) {
    const row = memory.rows[0];
    assert.ok(row && record !== first);
    row.record = record;
    const read = (await log.read("acme", 0, 1))[0];
    assert.equal(read?.opened, undefined, record);
    await assert.rejects(log.find("acme", "dec_1"), { code: "log_tampered" });
  }
});

Deno.test("one byte that is not as it was is told, and never opens to another text", async () => {
  const { log, memory, entry } = openWorld();
  await log.append([entry("dec_1")]);
  const row = memory.rows[0];
  const sealed = parseSealed(row?.record ?? "");
  assert.ok(row && sealed);
  const { data } = sealed;
  for (let at = 0; at < data.length; at += 7) {
    const other = data[at] === "A" ? "B" : "A";
    const record = data.slice(0, at) + other + data.slice(at + 1);
    row.record = row.record.replace(/"data":"[^"]*"/, `"data":"${record}"`);
    const opened = (await log.read("acme", 0, 1))[0]?.opened;
    assert.ok(opened === undefined || at >= data.length - 3, `${at}`);
    if (opened !== undefined) assert.equal(opened, RECORD);
    else {
      await assert.rejects(log.find("acme", "dec_1"), { code: "log_tampered" });
    }
  }
});

Deno.test("a key that is not on record is no erasure", async () => {
  const { log, store, entry } = openWorld();
  await log.append([entry("dec_1")]);
  store.records.pop();
  await assert.rejects(log.find("acme", "dec_1"), { code: "log_tampered" });
});

Deno.test("who was erased is unreadable, and comes back with another key", async () => {
  const { log, clock, entry, answers, memory, erase } = openWorld();
  await log.append([
    entry("dec_1", { idempotent: ANSWER }),
    entry("dec_2", { entities: ["subject:u-2"] }),
  ]);
  const late = entry("dec_3");
  clock.advance(1);
  await erase("u-1");
  await log.append([late]);
  clock.advance(1);
  await log.append([entry("dec_4")]);
  const read = await log.read("acme", 0, 10);
  assert.deepEqual(
    read.map(({ opened }) => opened),
    [undefined, RECORD, undefined, RECORD],
  );
  const erased = await log.find("acme", "dec_1");
  assert.deepEqual(erased?.record, memory.rows[0]?.record);
  assert.equal(erased?.opened, undefined);
  const told = parseSealed(memory.rows[2]?.record ?? "");
  assert.deepEqual([told?.key, told?.data], [NOBODY, ""]);
  await assert.rejects(answers.find("acme", ANSWER.route, "k-1"), {
    code: "record_erased",
  });
});

Deno.test("what another node erased or destroyed meanwhile is sealed anew", async () => {
  const { log, clock, store, entry, erase } = openWorld();
  const elsewhere = createDataKeys({ store, master: masterOf(1), clock });
  await log.append([entry("dec_1"), entry("dec_2", { tenant: "beta" })]);
  clock.advance(1);
  const names = await elsewhere.blind("acme", ["subject:u-1"]);
  for (const name of names) store.destroySubject("acme", name, clock.now());
  clock.advance(1);
  await log.append([entry("dec_3"), entry("dec_4", { tenant: "beta" })]);
  const why = { at: clock.now(), by: "ann", reason: "left" };
  await elsewhere.destroy("acme", why);
  clock.advance(1);
  await log.append([entry("dec_5"), entry("dec_6", { entities: [] })]);
  const read = await log.read("acme", 0, 10);
  assert.deepEqual(read.map(({ id, opened }) => [id, opened]), [
    ["dec_1", undefined],
    ["dec_3", undefined],
    ["dec_5", RECORD],
    ["dec_6", RECORD],
  ]);
  const beta = await log.read("beta", 0, 10);
  assert.ok(beta.every(({ opened }) => opened === RECORD));
  await erase("u-1");
  assert.equal((await log.find("acme", "dec_5"))?.opened, undefined);
});

Deno.test("a subject is erased under the keys of now, whatever a node knew", async () => {
  const { clock, store, entry, erase, keys } = openWorld();
  await keys.blind("acme", ["subject:u-1"]);
  const elsewhere = createDataKeys({ store, master: masterOf(1), clock });
  await elsewhere.destroy("acme", {
    ...{ at: clock.now(), by: "ann", reason: "left" },
  });
  clock.advance(1);
  const theirs = createMemoryLog(store);
  const there = sealLog(theirs.log, elsewhere);
  await there.append([entry("dec_1")]);
  await erase("u-1");
  assert.equal((await there.find("acme", "dec_1"))?.opened, undefined);
});

Deno.test("that records are missing is told in the clear", async () => {
  const { log, memory, entry } = openWorld();
  await log.append([entry("gap_1", { kind: "gap", entities: [] })]);
  assert.equal(memory.rows[0]?.record, RECORD);
});

Deno.test("all keys that a batch wants are found or made by one statement", async () => {
  const { log, store, entry } = openWorld();
  await log.append([entry("dec_0", { entities: [] })]);
  store.asked = 0;
  const batch = Array.from(
    { length: 100 },
    (_, n) => entry(`dec_${n + 1}`, { entities: [`subject:u-${n % 60}`] }),
  );
  await log.append(batch);
  assert.equal(store.asked, 1);
  await log.append(batch);
  assert.equal(store.asked, 1);
  const read = await log.read("acme", 0, 1000);
  assert.equal(store.asked, 2);
  assert.ok(read.every(({ opened }) => opened === RECORD));
});
