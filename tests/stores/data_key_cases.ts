/**
 * Keys that data is sealed under.
 *
 * @module
 */
import assert from "node:assert/strict";
import { subjectHash } from "../../core/domain/keyed_hash.ts";
import type {
  DataKeyRecord,
  NewSubjectKey,
} from "../../core/ports/encryption.ts";
import { SealingKeyDestroyed } from "../../core/ports/decisions.ts";
import type { Case } from "./cases.ts";
import { verifyChain } from "./log_cases.ts";

const AT = "2026-03-01T00:00:00.000Z";
const LATER = "2026-03-02T00:00:00.000Z";
const WHY = { at: LATER, by: "cli:ann", reason: "left" };

function own(tenant: string, id: string, version: number): DataKeyRecord {
  return {
    ...{ tenant, id, version, subject: null, wrapper: "m-1" },
    ...{ wrapped: `wrapped ${id}`, createdAt: AT, destroyedAt: null },
  };
}

function offer(tenant: string, id: string, subject: string): NewSubjectKey {
  return {
    ...{ tenant, id, subject, wrapper: "t-1", wrapped: `wrapped ${id}` },
    erasedHash: subjectHash(tenant, subject),
  };
}

/** Cases about keys. */
export const dataKeyCases: readonly Case[] = [
  {
    name: "a log takes nothing that is sealed under a destroyed key",
    run: async ({ dataKeys, log, idempotency }, tenant) => {
      const place = { tenant, route: "/optimization/score", key: "k" };
      const sealed = (id: string, sealedBy: string, isKeyed = false) => ({
        ...{ tenant, id, at: AT, record: `{"id":"${id}"}`, sealedBy },
        idempotent: isKeyed
          ? { ...place, requestHash: "h", status: 200, answer: "first" }
          : null,
      });
      await dataKeys.add(own(tenant, "t-1", 1));
      await log.append([sealed("d-1", "t-1")]);
      await dataKeys.destroy(tenant, WHY);
      await dataKeys.add(own(tenant, "t-2", 2));
      for (const isKeyed of [false, true]) {
        await assert.rejects(
          log.append([sealed("d-2", "t-2"), sealed("d-3", "t-1", isKeyed)]),
          SealingKeyDestroyed,
        );
      }
      assert.equal(
        await idempotency.find(tenant, place.route, place.key),
        null,
      );
      await log.append([sealed("d-2", "t-2"), sealed("d-3", "erased", true)]);
      assert.deepEqual(
        await verifyChain(log, tenant),
        ["d-1", "d-2", "d-3"],
      );
    },
  },
  {
    name: "of two nodes that make a tenant's next key one is first",
    run: async ({ dataKeys }, tenant) => {
      assert.deepEqual(await dataKeys.ofTenant(tenant), []);
      await Promise.all(
        ["a", "b", "c"].map((id) => dataKeys.add(own(tenant, id, 1))),
      );
      await dataKeys.add(own(tenant, "d", 2));
      const kept = await dataKeys.ofTenant(tenant);
      assert.deepEqual(kept.map(({ version }) => version), [1, 2]);
      const [first] = kept;
      assert.deepEqual(first, own(tenant, first?.id ?? "", 1));
      const living = await dataKeys.living();
      assert.deepEqual(
        living.filter((one) => one.tenant === tenant),
        kept,
      );
    },
  },
  {
    name: "a subject has one key, whoever offers how many at once",
    run: async ({ dataKeys }, tenant) => {
      const other = `${tenant}-other`;
      await dataKeys.add(own(tenant, "t-1", 1));
      await dataKeys.add(own(other, "t-1", 1));
      const rounds = await Promise.all(
        [1, 2, 3, 4].map((node) =>
          dataKeys.ofSubjects([
            offer(tenant, `x-${node}`, "u-1"),
            offer(other, `y-${node}`, "u-1"),
            offer(tenant, `z-${node}`, `u-2`),
          ], AT)
        ),
      );
      assert.equal(new Set(rounds.map((kept) => JSON.stringify(kept))).size, 1);
      const kept = (rounds[0] ?? []).filter((key) => key !== null);
      assert.equal(kept.length, 3);
      assert.deepEqual(
        kept.map((key) => [key.tenant, key.subject, key.wrapped]),
        kept.map((key, at) => [
          [tenant, other, tenant][at],
          ["u-1", "u-1", "u-2"][at],
          `wrapped ${key.id}`,
        ]),
      );
      assert.ok(kept.every(({ erasedAt }) => erasedAt === null));
      const ids = kept.map(({ id }) => id);
      const found = await dataKeys.find(tenant, [...ids, "unknown"]);
      assert.deepEqual(
        found.map(({ id }) => id).sort(),
        [ids[0], ids[2]].sort(),
      );
      assert.ok(found.every(({ version }) => version === 0));
      assert.deepEqual(await dataKeys.ofSubjects([], AT), []);
    },
  },
  {
    name: "a key that is destroyed wraps no other, whoever is at it at once",
    run: async ({ dataKeys }, tenant) => {
      for (let version = 1; version <= 8; version++) {
        const id = `t-${version}`;
        await dataKeys.add(own(tenant, id, version));
        const offers = ["u-1", "u-2", "u-3"].map((subject) => ({
          ...offer(tenant, `${subject}-${version}`, subject),
          wrapper: id,
        }));
        await Promise.all([
          ...offers.map((one) => dataKeys.ofSubjects([one], AT)),
          dataKeys.destroy(tenant, WHY),
        ]);
        assert.deepEqual(
          await dataKeys.ofSubjects(offers, AT),
          [null, null, null],
        );
        const rows = await dataKeys.find(tenant, offers.map(({ id }) => id));
        assert.ok(rows.every(({ wrapped }) => wrapped === null));
      }
    },
  },
  {
    name: "a key is wrapped anew only as it was read",
    run: async ({ dataKeys }, tenant) => {
      const key = own(tenant, "a", 1);
      await dataKeys.add(key);
      const again = { wrapper: "m-2", wrapped: "again" };
      assert.equal(await dataKeys.rewrap(key, again), true);
      assert.equal(await dataKeys.rewrap(key, again), false);
      const [kept] = await dataKeys.ofTenant(tenant);
      assert.deepEqual(kept, { ...key, ...again });
      await dataKeys.destroy(tenant, WHY);
      assert.equal(await dataKeys.rewrap({ ...key, ...again }, again), false);
    },
  },
  {
    name: "of destroyed keys only that they were there is left",
    run: async ({ dataKeys }, tenant) => {
      const other = `${tenant}-other`;
      await dataKeys.add(own(tenant, "a", 1));
      await dataKeys.add(own(other, "a", 1));
      const offered = { ...offer(tenant, "x", "u-1"), wrapper: "a" };
      await dataKeys.ofSubjects([offered], AT);
      assert.equal(await dataKeys.destroy(tenant, WHY), 2);
      assert.equal(await dataKeys.destroy(tenant, WHY), 0);
      for (const key of await dataKeys.find(tenant, ["a", "x"])) {
        const { wrapped, subject, destroyedAt } = key;
        assert.deepEqual([wrapped, subject, destroyedAt], [null, null, LATER]);
      }
      assert.equal((await dataKeys.find(other, ["a"]))[0]?.destroyedAt, null);
      const told = await dataKeys.list(tenant);
      assert.deepEqual(told.map((one) => [one.version, one.destroyedBy]), [
        [0, null],
        [1, "cli:ann"],
      ]);
      assert.deepEqual(told.map((one) => [one.living, one.destroyed]), [
        [0, 1],
        [0, 1],
      ]);
      assert.equal(told[1]?.reason, "left");
      await dataKeys.add(own(tenant, "t-1", 2));
      const [kept] = await dataKeys.ofSubjects([offer(tenant, "y", "u-1")], AT);
      assert.equal(kept?.id, "y");
    },
  },
  {
    name: "an erasure destroys keys with the answers and names under them",
    run: async ({ dataKeys, erasures, log, idempotency }, tenant) => {
      await dataKeys.add(own(tenant, "t-1", 1));
      const keys = [offer(tenant, "aa", "blind"), offer(tenant, "bb", "other")];
      await dataKeys.ofSubjects(keys, AT);
      const route = "/optimization/score";
      await log.append(keys.map(({ id, subject }, at) => ({
        ...{ tenant, id: `d-${at}`, at: AT, record: "{}" },
        entities: [subject, "blind campaign"],
        idempotent: {
          ...{ route, key: `k-${at}`, requestHash: "h", status: 200 },
          answer: `moe-sealed:1:${id}:AAAA`,
        },
      })));
      const target = { tenant, id: `era-${tenant}`, subjects: ["blind"] };
      await erasures.begin(target, { at: LATER, askedBy: "k" });
      for (const keys of [1, 1]) {
        await erasures.eraseSealed(target, ["blind"], LATER);
        const [record] = await erasures.list(tenant, 1);
        assert.deepEqual(
          [record?.erased.keys, record?.erased.answers],
          [keys, 1],
        );
      }
      assert.equal(await idempotency.find(tenant, route, "k-0"), null);
      assert.ok(await idempotency.find(tenant, route, "k-1"));
      const ask = async (entity: string) =>
        (await log.search(tenant, { entities: [entity], limit: 9 }))
          .map(({ id }) => id);
      assert.deepEqual(await ask("blind"), []);
      assert.deepEqual(await ask("other"), ["d-1"]);
      assert.deepEqual(await ask("blind campaign"), ["d-0", "d-1"]);
      const [again] = await dataKeys.ofSubjects(
        [offer(tenant, "cc", "blind")],
        LATER,
      );
      assert.deepEqual([again?.id, again?.erasedAt], ["cc", LATER]);
    },
  },
];
