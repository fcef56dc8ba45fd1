/**
 * The decision log and the answers kept with it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { sha256 } from "../../core/domain/canonical.ts";
import type {
  DecisionLog,
  IdempotentAnswer,
  LogEntry,
} from "../../core/ports/decisions.ts";
import type { Case } from "./cases.ts";

const AT = "2026-03-01T00:00:00.000Z";

function entry(
  tenant: string,
  id: string,
  idempotent: IdempotentAnswer | null = null,
): LogEntry {
  return { tenant, id, at: AT, record: `{"id":"${id}"}`, idempotent };
}

function answer(key: string, text: string): IdempotentAnswer {
  const route = "/optimization/score";
  return { route, key, requestHash: "h", status: 200, answer: text };
}

/** Reads a whole chain and checks every link against the one before. */
export async function verifyChain(
  log: DecisionLog,
  tenant: string,
): Promise<string[]> {
  const records = await log.read(tenant, 0, 1_000_000);
  let prev = "0".repeat(64);
  records.forEach((record, place) => {
    const seq = place + 1;
    assert.equal(record.seq, seq);
    assert.equal(record.prev, prev);
    assert.equal(record.hash, sha256(`${prev}\n${seq}\n${record.record}`));
    prev = record.hash;
  });
  const head = await log.head(tenant);
  assert.deepEqual(
    head,
    records.length === 0 ? null : { seq: records.length, hash: prev },
  );
  return records.map(({ id }) => id);
}

/** Cases about the log. */
export const logCases: readonly Case[] = [
  {
    name: "appended records form one chain per tenant, in order",
    run: async ({ log }, tenant) => {
      const other = `${tenant}-other`;
      const outcomes = await log.append([
        entry(tenant, "d-1"),
        entry(other, "d-1"),
        entry(tenant, "d-2"),
      ]);
      assert.deepEqual(
        outcomes.map((outcome) => outcome.kind === "appended" && outcome.seq),
        [1, 1, 2],
      );
      await log.append([entry(tenant, "d-3")]);
      assert.deepEqual(await verifyChain(log, tenant), ["d-1", "d-2", "d-3"]);
      assert.deepEqual(await verifyChain(log, other), ["d-1"]);
      assert.equal((await log.find(tenant, "d-2"))?.seq, 2);
      assert.equal(await log.find(other, "d-2"), null);
      assert.deepEqual(
        (await log.read(tenant, 1, 1)).map(({ id }) => id),
        ["d-2"],
      );
      assert.ok((await log.tenants()).includes(other));
      assert.deepEqual(await log.append([]), []);
    },
  },
  {
    name: "a known key answers what was answered first, and appends nothing",
    run: async ({ log, idempotency }, tenant) => {
      const first = answer("k-1", "first");
      const outcomes = await log.append([
        entry(tenant, "d-1", first),
        entry(tenant, "d-2", answer("k-1", "second")),
        entry(tenant, "d-3"),
      ]);
      assert.deepEqual(outcomes[1], { kind: "duplicate", first });
      const [late] = await log.append([
        entry(tenant, "d-4", answer("k-1", "third")),
      ]);
      assert.deepEqual(late, { kind: "duplicate", first });
      assert.deepEqual(await verifyChain(log, tenant), ["d-1", "d-3"]);
      assert.deepEqual(
        await idempotency.find(tenant, first.route, "k-1"),
        first,
      );
      const other = `${tenant}-other`;
      assert.equal(await idempotency.find(other, first.route, "k-1"), null);
      const [elsewhere] = await log.append([
        entry(other, "d-1", answer("k-1", "theirs")),
      ]);
      assert.equal(elsewhere?.kind, "appended");
    },
  },
  {
    name: "many at once neither fork a chain nor answer a key twice",
    run: async ({ log }, tenant) => {
      const tenants = [tenant, `${tenant}-b`];
      const rounds = Array.from({ length: 24 }, (_, round) =>
        log.append([
          entry(tenants[round % 2] ?? tenant, `d-${round}-a`),
          entry(tenants[(round + 1) % 2] ?? tenant, `d-${round}-b`),
          entry(tenant, `d-${round}-c`, answer("one", `from ${round}`)),
        ]));
      const outcomes = (await Promise.all(rounds)).flat();
      const keyed = outcomes.filter((_, place) => place % 3 === 2);
      const won = keyed.filter(({ kind }) => kind === "appended");
      assert.equal(won.length, 1);
      const answers = new Set(
        keyed.map((it) => it.kind === "duplicate" ? it.first.answer : null),
      );
      assert.equal(answers.size, 2);
      assert.equal((await verifyChain(log, tenant)).length, 25);
      assert.equal((await verifyChain(log, `${tenant}-b`)).length, 24);
    },
  },
  {
    name: "a record comes back to the last character",
    run: async ({ log }, tenant) => {
      const record = JSON.stringify({
        name: 'Zoë\u0000\ud800 "\\ 🦕',
        n: 1e21,
      });
      await log.append([{ ...entry(tenant, "d-1"), record }]);
      const found = await log.find(tenant, "d-1");
      assert.equal(found?.opened ?? found?.record, record);
      await verifyChain(log, tenant);
    },
  },
  {
    name: "an id that is in the log is not appended again, and stays its place",
    run: async ({ log }, tenant) => {
      const [first] = await log.append([entry(tenant, "d-1")]);
      const outcomes = await log.append([
        entry(tenant, "d-2"),
        entry(tenant, "d-1"),
        entry(tenant, "d-2"),
        entry(tenant, "d-3", answer("k-1", "kept")),
      ]);
      assert.deepEqual(outcomes[1], first);
      assert.deepEqual(outcomes[2], outcomes[0]);
      assert.deepEqual(
        outcomes.map((outcome) => outcome.kind === "appended" && outcome.seq),
        [2, 1, 2, 3],
      );
      await log.append([entry(tenant, "d-3"), entry(tenant, "d-4")]);
      assert.deepEqual(
        await verifyChain(log, tenant),
        ["d-1", "d-2", "d-3", "d-4"],
      );
    },
  },
];
