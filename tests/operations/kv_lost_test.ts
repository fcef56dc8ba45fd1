/**
 * The online store is deleted while it is used: decisions stand on a lower rung and say
 * so, and everything is as before once it is rebuilt, without a restart.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Opened } from "../../core/commands/open.ts";
import { REQUEST } from "../../core/decisions/memory_ports_test.ts";
import type { Decision } from "../../core/domain/decision.ts";
import { fillCompany, openCompany, TENANT } from "../company.ts";
import { following } from "./following.ts";
import { eventually } from "./served.ts";

const SUBJECTS = 800;
const FEATURE = "audience.recency_months";

Deno.test("an online store that is deleted costs rungs until it is rebuilt, which needs no restart", async () => {
  const folder = await Deno.makeTempDir({ prefix: "kv_lost_" });
  const place = { databaseUrl: null, folder };
  try {
    await fillCompany(place, SUBJECTS);
    const opened = await openCompany(place);
    try {
      await loseAndRecover(opened, folder);
    } finally {
      await opened.close();
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

async function loseAndRecover(opened: Opened, folder: string): Promise<void> {
  const before = await decide(opened);
  assert.equal(before.rung, "champion");
  assert.notEqual(before.features[FEATURE]?.value ?? null, null);
  await deleteStore(folder);
  await checkDegraded(opened);
  await following(opened, async (entries) => {
    await checkRecovered(opened, before);
    await deleteStore(folder);
    await eventually(
      "the loss is noticed",
      async () => {
        assert.ok((await decide(opened)).id);
        return entries.some(({ event }) => event === "lost");
      },
    );
    await eventually(
      "all is rebuilt",
      () => entries.at(-1)?.event === "rebuild",
    );
    await checkRecovered(opened, before);
    const rebuilt = entries.filter(({ event }) => event === "rebuild");
    assert.equal(rebuilt.length, 2);
    for (const { vectors = 0, error } of rebuilt) {
      assert.equal(error, null);
      assert.ok(vectors >= SUBJECTS);
    }
  });
}

async function decide({ engine }: Opened): Promise<Decision> {
  const { decision } = await engine.decisions.decide(TENANT, {
    ...REQUEST,
    entities: { subject: "s-1" },
  }, { by: "tester", idempotent: null, render: ({ id }) => id });
  return decision ?? assert.fail();
}

async function deleteStore(folder: string): Promise<void> {
  for (const rest of ["", "-shm", "-wal"]) {
    await Deno.remove(`${folder}/features.kv${rest}`).catch(() => {});
  }
}

async function checkDegraded(opened: Opened): Promise<void> {
  await eventually(
    "decisions stand on a lower rung",
    async () => (await decide(opened)).rung === "static_rule",
  );
  const { falls, features } = await decide(opened);
  assert.equal(falls[0]?.cause, "features: rebuilding");
  assert.equal(features[FEATURE]?.status, "missing");
  const { features: said } = await opened.engine.health();
  assert.match(said ?? "", /being rebuilt/);
}

async function checkRecovered(
  opened: Opened,
  before: Decision,
): Promise<void> {
  await eventually(
    "decisions stand on the champion",
    async () => (await decide(opened)).rung === "champion",
  );
  await eventually(
    "the parts are well",
    async () => (await opened.engine.health()).features === null,
  );
  const after = await decide(opened);
  assert.deepEqual(after.features[FEATURE], before.features[FEATURE]);
  assert.equal(after.score, before.score);
}
