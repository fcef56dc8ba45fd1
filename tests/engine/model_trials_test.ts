/**
 * A version on trial, from its proposal to its end: it decides for a share, the same on
 * every node; it takes over if what comes of it is better, and goes by itself if that is
 * worse or it goes ill.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { OperatedEngine } from "../../core/engine.ts";
import {
  bidFor,
  openScene,
  range,
  register,
  ROLLOUT,
  startTrial,
  tellConversions,
  TENANT,
  type TrialScene,
  VERSIONS,
} from "./trial_scene.ts";

const PEOPLE = 800;

Deno.test("models on trial", async (t) => {
  const scene = await openScene();
  try {
    await register(scene, VERSIONS.plain, 1.1);
    await t.step("worse: taken back by itself", () => worse(scene));
    await t.step("no difference: stays where it was", () => tie(scene));
    await t.step("broken: not used any more", () => broken(scene));
    await t.step("dear: ended by what it spends", () => dear(scene));
    await t.step("better: takes over", () => better(scene));
  } finally {
    await scene.close();
  }
});

async function better(scene: TrialScene) {
  await withNodes(scene, async ([one, two]) => {
    const { id } = await startTrial(one, 2);
    await inShadow(scene, one);
    const decisions = await inCanary([one, two]);
    const told = decisions.slice(0, PEOPLE / 2);
    await tellConversions(one, told, byArm(0.6, 0.1));
    assert.deepEqual(await one.keepTime(), [], "nothing is over yet");
    await withNodes(scene, async ([after]) => {
      await tellConversions(
        after,
        decisions.slice(PEOPLE / 2),
        byArm(0.6, 0.1),
      );
      scene.pass(25);
      const [line] = await after.keepTime();
      assert.match(
        line ?? "",
        /is canary: what comes of it is better: 0\.\d+ /,
      );
      assert.deepEqual(await after.keepTime(), [], "it is found once");
      const { isBetter, lift, next } = await after.trials.report(
        ...[TENANT, "bidder"] as const,
      );
      assert.ok(isBetter && (lift?.low ?? 0) > 0);
      assert.match(next, /decides for everybody from/);
      scene.pass(24);
      assert.deepEqual(await after.keepTime(), [
        `${id} is active`,
        `bidder@2 is champion: ${id}`,
      ]);
    });
    const [decision] = await bidFor(one, [1]);
    assert.equal(decision?.modelVersion, "bidder@2");
    assert.equal(decision?.trial, undefined);
    assert.deepEqual(await one.keepTime(), []);
    assert.deepEqual(await scene.stores.modelTrials.open(), []);
  });
}

/** Who is drawn for it is the same everywhere, and the log replays what they were answered. */
async function inCanary(
  [one, two]: readonly [OperatedEngine, OperatedEngine],
) {
  const decisions = await bidFor(one, range(0, PEOPLE));
  const elsewhere = await bidFor(two, range(0, 200));
  assert.deepEqual(
    elsewhere.map((
      { trial, modelVersion, falls },
    ) => [trial, modelVersion, falls]),
    decisions.slice(0, 200)
      .map(({ trial, modelVersion, falls }) => [trial, modelVersion, falls]),
  );
  const drawn = decisions.filter(({ trial }) => trial?.arm === "challenger");
  assert.ok(drawn.length > 0.05 * PEOPLE && drawn.length < 0.15 * PEOPLE);
  for (const { trial, rung, modelVersion } of decisions) {
    const [wanted, version] = trial?.arm === "challenger"
      ? ["challenger", "bidder@2"]
      : ["champion", "bidder@1"];
    assert.deepEqual([rung, modelVersion], [wanted, version]);
  }
  for (const { id } of [...drawn.slice(0, 5), ...decisions.slice(0, 5)]) {
    const { same, differences } = await one.decisions.replay(TENANT, id);
    assert.ok(same, differences.join());
  }
  assert.deepEqual(await one.watchTrials(), []);
  const { canary } = await one.trials.report(TENANT, "bidder");
  assert.equal(canary.challenger.decisions, drawn.length);
  return decisions;
}

/** In shadow nothing but scores comes of it. */
async function inShadow(scene: TrialScene, one: OperatedEngine) {
  scene.pass(0.01);
  const [first] = await bidFor(one, range(0, 20));
  assert.equal(first?.trial, undefined);
  assert.equal(first?.modelVersion, "bidder@1");
  await until(() => one.compared().some(({ rows }) => rows >= 20));
  const [{ beside, alias } = { beside: "", alias: "" }] = one.compared();
  assert.deepEqual([beside, alias], ["bidder@2", "shadow"]);
  scene.pass(1);
  const [line] = await one.keepTime();
  assert.match(line ?? "", /is canary$/);
}

async function worse(scene: TrialScene) {
  await withNodes(scene, async ([one, two]) => {
    const { id } = await startTrial(one, 2, { ...ROLLOUT, shadowHours: 0 });
    scene.pass(0.01);
    const decisions = await bidFor(one, range(0, PEOPLE));
    await tellConversions(one, decisions, byArm(0.05, 0.6));
    scene.pass(25);
    const [line] = await one.keepTime();
    assert.match(
      line ?? "",
      /is rolled back: what comes of it is worse: -0\.\d/,
    );
    await decidedByFirst(two);
    const events = await one.changes.history({ scope: TENANT, id });
    assert.equal(events.at(-1)?.by, "engine");
    assert.ok(events.at(-1)?.findings);
  });
}

async function tie(scene: TrialScene) {
  await withNodes(scene, async ([one]) => {
    await startTrial(one, 2, { ...ROLLOUT, shadowHours: 0 });
    scene.pass(0.01);
    const decisions = await bidFor(one, range(0, 400));
    await tellConversions(one, decisions, byArm(0.3, 0.3));
    scene.pass(25);
    assert.deepEqual(await one.keepTime(), []);
    scene.pass(24);
    const [line] = await one.keepTime();
    assert.match(line ?? "", /is suspended: it was not found better/);
    await decidedByFirst(one);
    const { next } = await one.trials.report(TENANT, "bidder");
    assert.equal(next, "Nothing: it is suspended");
    await withdraw(one);
  });
}

async function broken(scene: TrialScene) {
  await withNodes(scene, async ([one, two]) => {
    const version = await register(scene, VERSIONS.broken, -1);
    await startTrial(one, version, { ...ROLLOUT, shadowHours: 0 });
    scene.pass(0.01);
    const decisions = await bidFor(one, range(0, PEOPLE));
    const [first] = decisions.filter(({ trial }) =>
      trial?.arm === "challenger"
    );
    assert.deepEqual([first?.rung, first?.modelVersion], [
      "champion",
      "bidder@1",
    ]);
    assert.equal(first?.falls[0]?.from, "challenger");
    const [person] = people(first?.id ?? "", decisions);
    const [later] = await bidFor(one, [person ?? 0]);
    assert.deepEqual(later?.falls, [{
      from: "challenger",
      cause: "guardrail",
    }]);
    assert.equal(later?.trial, undefined);
    const [line] = await one.watchTrials();
    assert.match(
      line ?? "",
      /is rolled back: it owes \d+\.\d % of its answers/,
    );
    await decidedByFirst(two);
    assert.deepEqual(await one.watchTrials(), []);
    const told = one.trials.stopped().map(({ tenant, name }) => [tenant, name]);
    assert.deepEqual(told, [[TENANT, "bidder"]], "known after it is over");
    assert.deepEqual(two.trials.stopped(), []);
  });
}

async function dear(scene: TrialScene) {
  await withNodes(scene, async ([one]) => {
    const version = await register(scene, VERSIONS.plain, 2);
    await startTrial(one, version, {
      ...{ ...ROLLOUT, shadowHours: 0, canaryPermille: 500 },
    });
    scene.pass(0.01);
    await bidFor(one, range(0, 600));
    const [line] = await one.watchTrials();
    assert.match(line ?? "", /a decision of it costs 2\d+ micros, and 1\d+ of/);
    scene.pass(0.01);
    await decidedByFirst(one);
  });
}

async function decidedByFirst(engine: OperatedEngine) {
  const decisions = await bidFor(engine, range(0, 30));
  for (const { modelVersion, trial, falls } of decisions) {
    assert.deepEqual([modelVersion, trial, falls], ["bidder@1", undefined, []]);
  }
}

async function withdraw({ changes }: OperatedEngine) {
  const [change] = await changes.list(TENANT, { states: ["suspended"] });
  assert.ok(change);
  await changes.act({ scope: TENANT, id: change.id }, {
    ...{ act: "withdraw", by: { name: "ann", human: true, groups: [] } },
  });
}

/** Converts so many of each side, spread evenly. */
function byArm(challenger: number, champion: number) {
  const seen = { challenger: 0, champion: 0 };
  return (
    { trial }: { readonly trial?: { readonly arm: keyof typeof seen } },
  ) => {
    const arm = trial?.arm ?? "champion";
    const share = arm === "challenger" ? challenger : champion;
    const place = seen[arm]++;
    return Math.floor((place + 1) * share) > Math.floor(place * share);
  };
}

function people(id: string, decisions: readonly { readonly id: string }[]) {
  return decisions.flatMap((decision, person) =>
    decision.id === id ? [person] : []
  );
}

async function withNodes(
  { open }: TrialScene,
  work: (nodes: readonly [OperatedEngine, OperatedEngine]) => Promise<void>,
) {
  const nodes = [open(), open()] as const;
  try {
    await work(nodes);
  } finally {
    for (const node of nodes) await node.close();
  }
}

async function until(holds: () => boolean) {
  for (let turn = 0; turn < 500 && !holds(); turn++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.ok(holds());
}
