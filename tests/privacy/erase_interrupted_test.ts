/**
 * An erasure that is interrupted anywhere ends when it is asked for again, as if it had
 * never been; one that is repeated changes nothing.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Erasure } from "../../core/ports/erasure.ts";
import type { Touched } from "../../core/ports/features.ts";
import type { Sql } from "../../core/store/sql.ts";
import { erase, type EraseScope } from "../../core/signals/erase.ts";
import { openPseudonyms } from "../../core/signals/pseudonym.ts";
import { createDataKeyStore } from "../../core/store/encryption/data_keys.ts";
import { createErasureStore } from "../../core/store/erasure.ts";
import { createSignalStore } from "../../core/store/signal_store.ts";
import { batch, subjectEvent } from "../stores/cases.ts";
import { testDatabases } from "../stores/databases.ts";

const EMAIL = "Jane.Planted@Example.org";
const PSEUDONYMS = openPseudonyms(new Uint8Array(32).fill(7), "any");
const JANE = PSEUDONYMS.of("email", EMAIL);
const AT = "2026-03-01T00:00:00.000Z";
const VIEW = {
  name: "ads",
  version: 1,
  entity: "ad",
  owner: "tests",
  purposes: ["optimization"],
  about: "Ads",
  ttlSeconds: 60,
  source: { grain: "event" },
  features: [{
    name: "events_count_1d",
    about: "Events",
    unit: "count",
    aggregation: { how: "count" },
    window: "1d",
  }],
} as const;
const QUERY = {
  start: "Email Opened",
  actionProperty: null,
  outcome: "Order",
  matchOn: "subject",
  withinDays: 1,
  measure: "occurs",
  from: null,
  until: null,
  knownAt: null,
} as const;

/** What the engine would do with features, as far as it is seen from outside. */
interface Seen {
  readonly refreshed: Map<string, Set<string>>;
  readonly removed: Set<string>;
  readonly erased: Set<string>;
}

class Interrupted extends Error {}

let ids = 0;

/** Wires the stage; it is interrupted at a step: before each call is one, and after it. */
function openScope(sql: Sql, seen: Seen, failing: number): EraseScope {
  let steps = 0;
  const pass = () => {
    if (steps++ === failing) throw new Interrupted();
  };
  const interrupt = (work: () => Promise<unknown>) => async () => {
    pass();
    const worked = await work();
    pass();
    return worked;
  };
  const interrupted = (port: object) =>
    new Proxy(port, {
      get: (target, name) => (...args: unknown[]) => {
        const method: (...args: unknown[]) => Promise<unknown> = Reflect.get(
          target,
          name,
        );
        return interrupt(() => method(...args))();
      },
    });
  const scope = {
    erasures: interrupted(createErasureStore(sql)),
    history: interrupted({
      refresh: (
        _tenant: string,
        view: typeof VIEW,
        { touched }: { touched: readonly Touched[] },
      ) => {
        for (const { id, moments } of touched) {
          const known = seen.refreshed.get(id) ?? new Set();
          seen.refreshed.set(id, known.union(new Set(moments)));
        }
        return Promise.resolve(touched.map(({ id }) => ({
          view: view.name,
          version: 1,
          entity: `ad:${id}`,
          at: AT,
          values: [0],
        })));
      },
      erase: (_tenant: string, entity: string) => {
        const isNew = !seen.erased.has(entity);
        seen.erased.add(entity);
        return Promise.resolve(isNew ? 1 : 0);
      },
    }),
    online: interrupted({
      write: () => Promise.resolve(),
      remove: (_tenant: string, keys: readonly { entity: string }[]) => {
        for (const { entity } of keys) seen.removed.add(entity);
        return Promise.resolve();
      },
    }),
    views: () =>
      Promise.resolve(["ad", "subject"].map((entity) => ({
        view: { ...VIEW, entity },
        state: "serving",
        declaredAt: AT,
        promotedAt: null,
      }))),
    models: (tenant: string) =>
      Promise.resolve([{ model: "m@1", query: { tenant, ...QUERY } }]),
    pseudonyms: () => Promise.resolve(PSEUDONYMS),
    sealed: {
      blind: (_tenant: string, entities: readonly string[]) =>
        Promise.resolve(entities),
      forget: () => {},
    },
    clock: { now: () => AT },
    ids: { next: () => `era_${ids++}` },
  };
  return scope as unknown as EraseScope;
}

async function plant(sql: Sql, tenant: string): Promise<void> {
  const signals = createSignalStore(sql);
  for (const source of ["mail", "shop"]) {
    await signals.write(batch(tenant, {
      source,
      events: [1, 2, 3].map((day) =>
        subjectEvent(`e-${day}`, `2026-02-0${day}T00:00:00.000Z`, {
          entities: { subject: day < 3 ? JANE : "u-1", ad: `a-${day}` },
        })
      ),
      rejects: [{ reason: "r", detail: "d", original: `{"to":"${JANE}"}` }],
    }));
  }
  const keys = createDataKeyStore(sql);
  await keys.add({
    ...{ tenant, id: "w", version: 1, subject: null, wrapper: "master" },
    ...{ wrapped: "key of theirs", createdAt: AT, destroyedAt: null },
  });
  await keys.ofSubjects([{
    ...{ tenant, id: "k-1", subject: `subject:${JANE}` },
    ...{ wrapper: "w", wrapped: "key of hers", erasedHash: "h" },
  }], AT);
}

function nothing(): Seen {
  return { refreshed: new Map(), removed: new Set(), erased: new Set() };
}

async function run(
  sql: Sql,
  tenant: string,
  { seen, failing }: { readonly seen: Seen; readonly failing: number },
): Promise<Erasure> {
  const job = { tenant, subjects: [EMAIL], by: "key_1", report: () => {} };
  return await erase(openScope(sql, seen, failing), job);
}

async function left(sql: Sql, tenant: string): Promise<string> {
  const rows = await sql.query<{ row: string }>(
    `select event::text as row from event where tenant = $1
    union all select dead_letter::text from dead_letter where tenant = $1
    union all select erasure::text from erasure where tenant = $1
    union all select erased_subject::text from erased_subject where tenant = $1
    union all select data_key::text from data_key where tenant = $1`,
    [tenant],
  );
  return rows.map(({ row }) => row).join("\n");
}

testDatabases("an erasure survives an interruption anywhere", async (sql) => {
  await plant(sql, "whole");
  const seen = nothing();
  const whole = await run(sql, "whole", { seen, failing: Infinity });
  assert.deepEqual([whole.erased.events, whole.erased.keys], [4, 1]);
  assert.deepEqual(whole.models, [{ model: "m@1", rows: 4 }]);
  assert.deepEqual([...seen.refreshed.keys()].sort(), ["a-1", "a-2"]);
  assert.deepEqual([...seen.removed], [`subject:${JANE}`]);
  assert.deepEqual([...seen.erased], [`subject:${JANE}`]);
  let interruptions = 0;
  for (let failing = 0; failing < 100; failing++) {
    const tenant = `t${failing}`;
    await plant(sql, tenant);
    const seen = nothing();
    const first = await run(sql, tenant, { seen, failing }).catch((error) => {
      if (error instanceof Interrupted) return null;
      throw error;
    });
    if (first !== null) break;
    interruptions++;
    const ended = await run(sql, tenant, { seen, failing: Infinity });
    const records = await createErasureStore(sql).list(tenant, 10);
    assert.ok(records.every(({ finishedAt }) => finishedAt !== null));
    const [done] = records.length === 1
      ? [ended]
      : records.filter(({ id }) => id !== ended.id);
    assert.deepEqual(
      { ...done?.erased, models: done?.models, vectors: 1 },
      { ...whole.erased, models: whole.models },
    );
    assert.deepEqual([...seen.refreshed.keys()].sort(), ["a-1", "a-2"]);
    assert.deepEqual([...seen.removed], [`subject:${JANE}`]);
    const rows = await left(sql, tenant);
    assert.ok(!rows.includes(JANE) && rows.includes("u-1"), rows);
    assert.ok(!rows.includes("key of hers"), rows);
    const again = await run(sql, tenant, { seen, failing: Infinity });
    assert.ok(Object.values(again.erased).every((count) => count === 0));
  }
  assert.ok(interruptions > 20, `${interruptions}`);
});

testDatabases("nobody who writes meanwhile brings them back", async (sql) => {
  const signals = createSignalStore(sql);
  for (let round = 0; round < 10; round++) {
    const tenant = `race${round}`;
    const write = (source: string) =>
      signals.write(batch(tenant, {
        source,
        events: [subjectEvent("e-1", "2026-02-01T00:00:00.000Z", {
          entities: { subject: JANE },
        })],
      }));
    await write("s0");
    const names = Array.from({ length: 8 }, (_, at) => `s${at}`);
    await Promise.all([
      ...names.slice(0, 4).map(write),
      run(sql, tenant, { seen: nothing(), failing: Infinity }),
      ...names.slice(4).map(write),
    ]);
    const rows = await left(sql, tenant);
    assert.ok(!rows.includes(JANE), rows);
  }
});
