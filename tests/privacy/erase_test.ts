/**
 * After an erasure nothing that is kept, told or logged holds a pseudonym of the erased:
 * what the log of decisions says of them nobody can read, and its chain holds. What is
 * delivered again brings nothing back.
 *
 * @module
 */
import assert from "node:assert/strict";
import { needsSignals } from "../../core/domain/feature.ts";
import type { Opened } from "../../core/commands/open.ts";
import { openPseudonyms } from "../../core/signals/pseudonym.ts";
import { JANE } from "./planted.ts";
import {
  dumpFolder,
  openDoor,
  plantFolder,
  readBytes,
  TENANT,
} from "./planted_engine.ts";
import { plantedPushes } from "./planted_pushes.ts";
import { plantDecision, plantModel, SHE_TAUGHT } from "./planted_records.ts";

const PSEUDONYMS = openPseudonyms(new Uint8Array(32).fill(0x5b), TENANT);
const SHE: readonly string[] = [
  PSEUDONYMS.of("email", JANE.email),
  PSEUDONYMS.of("phone", JANE.phone),
  PSEUDONYMS.of("ip", JANE.ip),
  PSEUDONYMS.of("ip", JANE.ip6),
];
/** Every way in which a caller may know her. */
const KNOWN = [JANE.email, SHE[0] ?? "", JANE.phone, JANE.ip, JANE.ip6];
/** Keys of vectors that changed lately, which every further change online pushes out. */
const CHANGED = '[["changed",';

/** Pseudonyms of hers in a text, with what surrounds them. */
function findHer(text: string): string[] {
  return SHE.map((one) => text.indexOf(one)).filter((at) => at >= 0)
    .map((at) => `…${text.slice(Math.max(0, at - 80), at + 60)}…`);
}

Deno.test("nothing holds the erased", async (t) => {
  const now = new Date().toISOString();
  await using folder = await plantFolder(now);
  await folder.configure();
  const opened = await folder.open();
  const door = await openDoor(opened);
  const sources = opened.engine.configured(TENANT).map(({ source }) => source);
  const bring = async () => {
    const told: string[] = [];
    for (const push of plantedPushes(now).taken) {
      told.push((await door.push(push)).text);
    }
    for (const name of sources) {
      const source = opened.engine.findSource(TENANT, name);
      const { connector } = source;
      if (!connector.pull && !connector.reports) continue;
      await opened.engine.sources.sync(source, () => {});
    }
    return told;
  };
  let answer = "";
  try {
    await bring();
    await materialize(opened);
    const [email = ""] = SHE;
    await plantDecision(opened, email);
    await plantModel(opened, now);
    assert.ok(findHer(await readDecision(opened) ?? "").length > 0);
    const before = await consistent(opened);
    assert.ok(before > 0);
    await t.step("an erasure names the models that she taught", async () => {
      answer = await door.erase(KNOWN);
      const { erased, models, subjects } = JSON.parse(answer);
      assert.equal(subjects, SHE.length, answer);
      assert.ok(erased.events > 0 && erased.performance > 0, answer);
      assert.ok(erased.dead_letters > 0 && erased.vectors > 0, answer);
      assert.deepEqual([erased.answers, erased.keys], [1, 1], answer);
      assert.deepEqual(
        models.map((one: { model_version: string }) => one.model_version),
        SHE_TAUGHT,
      );
    });
    await t.step("nobody reads what was decided about her", async () => {
      assert.equal(await readDecision(opened), null);
      const { sound, rows } = await opened.engine.decisions.verify(TENANT);
      assert.deepEqual([sound, rows], [true, 1]);
    });
    await t.step("others' features are those without her", async () => {
      await consistent(opened);
    });
    await t.step("it is not repeated", async () => {
      const { erased } = JSON.parse(await door.erase(KNOWN));
      assert.ok(Object.values(erased).every((count) => count === 0));
    });
    await t.step("what is delivered again stays out", async () => {
      const told = await bring();
      const left = told.map((text) => JSON.parse(text).erased);
      assert.ok(left.every((count) => count > 0), told.join("\n"));
      await materialize(opened);
    });
  } finally {
    await opened.close();
  }
  await t.step("no table, key or file holds her", async () => {
    const dump = await dumpFolder(folder);
    for (const [table, rows] of Object.entries(dump)) {
      const found = rows.filter((row) => !row.startsWith(CHANGED))
        .flatMap(findHer);
      assert.deepEqual(found, [], table);
    }
    assert.equal(dump.decision?.length, 1);
    assert.equal(dump.decision_entity?.length, 1);
    assert.equal(dump.erased_subject?.length, SHE.length);
    for await (const { path, text } of readBytes(folder.folder)) {
      const own = path.includes("/postgres/") || /\.kv(-\w+)?$/.test(path);
      if (!own) assert.deepEqual(findHer(text), [], path);
    }
  });
  await t.step("no log line and no answer holds her", () => {
    const said = [answer, JSON.stringify(door.logged)];
    assert.deepEqual(said.flatMap(findHer), []);
  });
});

/** What the planted decision says; null if nobody can tell. */
async function readDecision({ stores }: Opened): Promise<string | null> {
  return (await stores.log.find(TENANT, "dec_1"))?.opened ?? null;
}

async function materialize({ engine, clock }: Opened): Promise<void> {
  const at = clock.now();
  await engine.features.materialize(TENANT, { at, report: () => {} });
}

/** Compares every kept vector with the signals; how many there are. */
async function consistent({ engine, stores }: Opened): Promise<number> {
  let compared = 0;
  for (const { view } of await engine.features.declared(TENANT)) {
    if (!view.features.some((one) => needsSignals(one.aggregation))) continue;
    for await (const page of stores.history.vectors(TENANT, view, null)) {
      const points = page.map(({ entity, at }) => ({
        id: entity.slice(view.entity.length + 1),
        at,
      }));
      const options = { points, knownAt: null };
      const values = await stores.history.aggregate(TENANT, view, options);
      assert.deepEqual(page.map((vector) => vector.values), values, view.name);
      compared += page.length;
    }
  }
  return compared;
}
