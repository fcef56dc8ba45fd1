/**
 * `kill -9` of a node that carries out a change set, again and again: the next goes on
 * until all is written, and then until all is as it was.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { ChangeSet } from "../../core/domain/change_set.ts";
import type { EntityKey } from "../../core/domain/entity.ts";
import { seededRandom } from "../../core/domain/random.ts";
import { buildChangeSet } from "../../core/plans/changes/change_set.ts";
import { needingPostgres, startPostgres } from "../servers/postgres.ts";
import { openFiles } from "./change_fuzz_node.ts";

const ENTITIES = 60;
const BATCH = 3;
const MOST_NODES = 30;
/** Nodes are killed after so many steps at most; each batch has two. */
const MOST_STEPS = 16;
const LATEST_MS = 6;

Deno.test({
  ...needingPostgres(
    "kill -9 of a node leaves a change set that the next ends and rolls back",
  ),
  fn: async () => {
    const folder = await Deno.makeTempDir({ prefix: "changes_" });
    const server = await startPostgres();
    try {
      await Deno.mkdir(`${folder}/budgets`);
      const { changeSet, before } = await prepare(folder);
      const place = { url: server.url, folder };
      const applying = await runKilled(place, "apply");
      assert.ok(applying > 2, `killed ${applying} times`);
      assert.deepEqual(
        await hold(folder),
        changeSet.operations.map(setOf).sort(),
      );
      const rolling = await runKilled(place, "rollback");
      assert.ok(rolling > 2, `killed ${rolling} times`);
      assert.deepEqual(await hold(folder), before);
    } finally {
      await server.stop();
      await Deno.remove(folder, { recursive: true });
    }
  },
});

const TARGETS = Array.from(
  { length: ENTITIES },
  (_, at): EntityKey => `campaign:c-${at}`,
);
const FIELD = "budget_micros_per_day";

function setOf(
  { target, set }: ChangeSet["operations"][number],
): string {
  return `${target} ${set}`;
}

/** What the files hold. */
async function hold(folder: string): Promise<string[]> {
  const settings = await openFiles(`${folder}/budgets`).read(
    TARGETS.map((target) => ({ target, field: FIELD })),
  );
  return settings.map(({ target, value }) => `${target} ${value}`).sort();
}

/** Budgets, of which half are unset, and the change set of them all. */
async function prepare(folder: string) {
  const destination = openFiles(`${folder}/budgets`);
  await destination.write({
    id: "first",
    settings: TARGETS.slice(ENTITIES / 2).map((target, at) => ({
      ...{ target, field: FIELD, value: `${at + 1}000000` },
      ...{ key: `first/${target}`, expect: null },
    })),
  });
  const before = await hold(folder);
  const changeSet = {
    ...await buildChangeSet(
      destination,
      TARGETS.map((entity, at) => ({
        entity,
        microsPerDay: BigInt(ENTITIES - at) * 500_000n,
      })),
      "plan_1",
    ),
    rate: { batch: BATCH, pauseMs: 1 },
  };
  await Deno.writeTextFile(`${folder}/job.json`, JSON.stringify(changeSet));
  return { changeSet, before };
}

/** Starts nodes until one ends by itself; answers how many were killed. */
async function runKilled(
  { url, folder }: { readonly url: string; readonly folder: string },
  direction: string,
): Promise<number> {
  const random = seededRandom(direction.length);
  const file = new URL("./change_fuzz_node.ts", import.meta.url).pathname;
  for (let killed = 0; killed < MOST_NODES; killed++) {
    const node = new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-check", "-A", file, url, folder, direction],
      stdout: "piped",
    }).spawn();
    await killAfter(node, {
      lines: 1 + Math.floor(random.next() * MOST_STEPS),
      laterMs: random.next() * LATEST_MS,
    });
    const { signal, code } = await node.status;
    if (signal === null) {
      assert.equal(code, 0);
      return killed;
    }
  }
  assert.fail(`${MOST_NODES} nodes were not enough`);
}

/** Kills a node when it has printed so many lines, unless it ends before. */
async function killAfter(
  node: Deno.ChildProcess,
  { lines, laterMs }: { readonly lines: number; readonly laterMs: number },
): Promise<void> {
  let told = "";
  let killed = false;
  const decoder = new TextDecoder();
  for await (const chunk of node.stdout) {
    told += decoder.decode(chunk, { stream: true });
    if (killed || told.split("\n").length <= lines) continue;
    killed = true;
    await new Promise((later) => setTimeout(later, laterMs));
    if (!told.includes("done\n")) kill(node);
  }
}

function kill(node: Deno.ChildProcess): void {
  try {
    node.kill("SIGKILL");
  } catch (error) {
    // It has just ended by itself.
    if (!(error instanceof TypeError)) throw error;
  }
}
