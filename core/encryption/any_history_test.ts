/**
 * Whatever is sealed, rotated, rewrapped, erased and destroyed in whatever order, on two
 * nodes: what was not erased opens exactly, what was never does.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { subjectHash } from "../domain/keyed_hash.ts";
import type { DecisionLog } from "../ports/decisions.ts";
import { createDataKeys } from "./data_keys.ts";
import {
  createMemoryKeys,
  createMemoryLog,
  createTestClock,
  masterOf,
} from "./memory_stores_test.ts";
import { sealLog } from "./seal_log.ts";

const TENANTS = ["acme", "beta"] as const;
const who = {
  node: fc.constantFrom(0, 1),
  tenant: fc.constantFrom(...TENANTS),
} as const;
const subject = fc.constantFrom("u-1", "u-2", "u-3");

const step = fc.oneof(
  {
    weight: 15,
    arbitrary: fc.record({
      ...who,
      act: fc.constant("append" as const),
      subject: fc.option(subject),
      text: fc.string(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ ...who, act: fc.constant("rotate" as const) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ ...who, act: fc.constant("rewrap" as const) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      ...who,
      act: fc.constant("erase" as const),
      subject,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ ...who, act: fc.constant("destroy" as const) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      act: fc.constant("wait" as const),
      ms: fc.constantFrom(1, 30_000, 61_000),
    }),
  },
);

interface Known {
  readonly tenant: string;
  readonly id: string;
  readonly subject: string | null;
  readonly text: string;
  erased: boolean;
}

function openWorld() {
  const clock = createTestClock();
  const store = createMemoryKeys();
  const { log, rows } = createMemoryLog(store);
  const masters = [masterOf(1, 2), masterOf(2, 1)] as const;
  const nodes = masters.map((master) => {
    const keys = createDataKeys({ store, master, clock });
    return { keys, log: sealLog(log, keys), master };
  });
  return { clock, store, nodes, rows };
}

type World = ReturnType<typeof openWorld>;
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

async function take(
  world: World,
  step: Exclude<Step, { act: "wait" }>,
  known: Known[],
): Promise<void> {
  const { clock, store, nodes, rows } = world;
  const { tenant } = step;
  const node = nodes[step.node] ?? nodes[0];
  assert.ok(node);
  const at = clock.now();
  const mark = (subject: string | null) => {
    for (const one of known) {
      if (one.tenant !== tenant) continue;
      if (subject === null || one.subject === subject) one.erased = true;
    }
  };
  if (step.act === "append") {
    const { subject, text } = step;
    const id = `dec_${rows.length}`;
    const entities = subject === null ? [] : [`subject:${subject}`];
    await node.log.append([
      { tenant, id, at, entities, record: text, idempotent: null },
    ]);
    known.push({ tenant, id, subject, text, erased: false });
  } else if (step.act === "rotate") await node.keys.rotate(tenant);
  else if (step.act === "rewrap") await node.keys.rewrap();
  else if (step.act === "destroy") {
    await node.keys.destroy(tenant, { at, by: "ann", reason: "left" });
    mark(null);
  } else {
    const names = await node.keys.blind(tenant, [`subject:${step.subject}`]);
    store.erased.set(subjectHash(tenant, step.subject), at);
    for (const name of names) store.destroySubject(tenant, name, at);
    node.keys.forget(tenant);
    mark(step.subject);
  }
}

async function check(
  log: DecisionLog,
  { tenant, id, text, erased }: Known,
): Promise<void> {
  const opened = (await log.find(tenant, id))?.opened;
  assert.equal(opened, erased ? undefined : text);
}

Deno.test("what is not erased opens exactly, and what is never does", async () => {
  await fc.assert(fc.asyncProperty(
    fc.array(step, { maxLength: 40 }),
    async (steps) => {
      const world = openWorld();
      const known: Known[] = [];
      for (const step of steps) {
        world.clock.advance(1);
        if (step.act === "wait") world.clock.advance(step.ms);
        else await take(world, step, known);
      }
      for (const { log } of world.nodes) {
        for (const one of known) await check(log, one);
      }
      await findNoKey(world);
    },
  ));
});

/** A destroyed key is nowhere: not on record, and not where a node would look for it. */
async function findNoKey({ nodes, store }: World): Promise<void> {
  const gone = store.records.filter(({ destroyedAt }) => destroyedAt !== null);
  for (const { wrapped, subject } of gone) {
    assert.deepEqual([wrapped, subject], [null, null]);
  }
  for (const { tenant, id } of gone) {
    for (const { keys } of nodes) {
      assert.equal((await keys.forOpening(tenant, [id])).get(id), null);
    }
  }
}
