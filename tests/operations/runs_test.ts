/**
 * Materialised runs, on the embedded Postgres and on a real server: computed in
 * pieces that change no value, and dropped when newer ones are kept.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { FeatureVector } from "../../core/domain/feature.ts";
import type { MaterializeRun } from "../../core/ports/features.ts";
import type { Stores } from "../../core/ports/stores.ts";
import { systemClock } from "../../core/store/clock.ts";
import { openStores } from "../../core/store/open.ts";
import { needingPostgres, startPostgres } from "../servers/postgres.ts";
import { batch, subjectEvent } from "../stores/cases.ts";
import { eventView, feature } from "../stores/views.ts";

const TENANT = "acme";
const SUBJECTS = 4500;
const BUSY = "s-0100";
const BUSY_EVENTS = 5000;
const VIEW = eventView(feature("events", { how: "count" }));

Deno.test("runs are whole and few on PGlite", (t) => checkRuns(t, null));

Deno.test({
  ...needingPostgres("runs are whole and few on a Postgres server"),
  fn: async (t) => {
    const server = await startPostgres();
    try {
      await checkRuns(t, server.url);
    } finally {
      await server.stop();
    }
  },
});

async function checkRuns(
  t: Deno.TestContext,
  databaseUrl: string | null,
): Promise<void> {
  const dataFolder = await Deno.makeTempDir({ prefix: "runs_" });
  const stores = await openStores({
    databaseUrl,
    dataFolder,
    clock: systemClock,
  });
  try {
    await fill(stores);
    await t.step(
      "pieces add up to every entity, once, with all its signals",
      () => checkPieces(stores),
    );
    await t.step(
      "the latest three runs stay, older ones say that they are gone",
      () => checkKept(stores),
    );
    await t.step(
      "runs of the last minutes stay: others may be reading them",
      () => checkYoung(stores),
    );
    await t.step(
      "a run of an earlier moment can be read once",
      () => checkEarlier(stores),
    );
  } finally {
    await stores.close();
    await Deno.remove(dataFolder, { recursive: true });
  }
}

/** Many subjects of one event each, and one with more than several pieces hold. */
async function fill({ signals }: Stores): Promise<void> {
  const many = Array.from({ length: SUBJECTS }, (_, place) => name(place));
  const busy = Array.from({ length: BUSY_EVENTS - 1 }, () => BUSY);
  const events = [...many, ...busy].map((subject, place) =>
    subjectEvent(`e-${place}`, "2026-01-01T00:00:00.000Z", {
      entities: { subject },
    })
  );
  await signals.write(batch(TENANT, { events }));
}

function name(place: number): string {
  return `s-${String(place).padStart(4, "0")}`;
}

async function checkPieces(stores: Stores): Promise<void> {
  const run = await materialize(stores, "2026-02-01T00:00");
  assert.equal(run.rows, SUBJECTS);
  const vectors = await read(stores, run);
  const counts = new Map(
    vectors.map(({ entity, values }) => [entity, values[0]]),
  );
  assert.equal(counts.size, SUBJECTS);
  for (let place = 0; place < SUBJECTS; place++) {
    const subject = name(place);
    const want = subject === BUSY ? BUSY_EVENTS : 1;
    assert.equal(counts.get(`subject:${subject}`), want, subject);
  }
  const again = await materialize(stores, "2026-02-01T00:00");
  assert.deepEqual(await read(stores, again), vectors);
}

async function checkKept(stores: Stores): Promise<void> {
  const runs: MaterializeRun[] = [];
  for (const hour of [10, 11, 12, 13, 14]) {
    runs.push(await materialize(stores, `2026-03-01T${hour}:00`));
  }
  const sizes = await Promise.all(runs.map((run) => sizeOf(stores, run)));
  assert.deepEqual(sizes, ["not_found", "not_found", ...kept(3)]);
  const [oldest] = runs;
  assert.ok(oldest);
  await assert.rejects(
    read(stores, oldest),
    /"engagement@1" at 2026-03-01T10:00:00.000Z: it is no longer kept, only the latest 3 are/,
  );
}

async function checkYoung(stores: Stores): Promise<void> {
  const runs: MaterializeRun[] = [];
  for (const minute of ["00", "01", "02", "03", "04"]) {
    runs.push(await materialize(stores, `2026-04-01T10:${minute}`));
  }
  const sizes = await Promise.all(runs.map((run) => sizeOf(stores, run)));
  assert.deepEqual(sizes, kept(5));
}

async function checkEarlier(stores: Stores): Promise<void> {
  const earlier = await materialize(stores, "2026-01-15T00:00");
  assert.equal(await sizeOf(stores, earlier), SUBJECTS);
  await materialize(stores, "2026-05-01T00:00");
  assert.equal(await sizeOf(stores, earlier), "not_found");
}

function kept(runs: number): number[] {
  return Array.from({ length: runs }, () => SUBJECTS);
}

function materialize(
  { history }: Stores,
  minute: string,
): Promise<MaterializeRun> {
  return history.materialize(TENANT, VIEW, `${minute}:00.000Z`);
}

async function read(
  { history }: Stores,
  run: MaterializeRun,
): Promise<FeatureVector[]> {
  return (await Array.fromAsync(history.readRun(TENANT, run))).flat();
}

async function sizeOf(
  stores: Stores,
  run: MaterializeRun,
): Promise<number | string> {
  return await read(stores, run).then(
    ({ length }) => length,
    ({ code }) => code,
  );
}
