/**
 * Change sets on the simulated vendors and other destinations, through their real
 * connectors and the engine's own HTTP, whatever goes wrong on the way: what is said is
 * what is held, and a rollback restores each value or says why not.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { ChangeDirection } from "../../core/domain/change_set.ts";
import type { EntityKey } from "../../core/domain/entity.ts";
import { EngineError } from "../../core/domain/error.ts";
import { buildChangeSet } from "../../core/plans/changes/change_set.ts";
import {
  type ChangeAnswer,
  executeChanges,
} from "../../core/plans/changes/execute.ts";
import {
  Crash,
  createWorld,
  jobIn,
  type Mishaps,
  totalOf,
} from "./change_fuzz_model.ts";
import {
  assertApplied,
  assertRestored,
  assertTrue,
  isFinal,
  type Play,
} from "./change_fuzz_oracle.ts";
import { type Platform, PLATFORMS } from "./change_fuzz_platforms.ts";

const MOST_RUNS = 60;
const CENT = 10_000;

const SOUND: Mishaps = {
  script: [],
  refuses: new Set(),
  atomic: true,
  drifts: false,
};

/** A budget before and after, cents: above what the vendors take at least. */
const cents = fc.integer({ min: 200, max: 9000 });

const given = fc.record({
  budgets: fc.array(
    fc.record({
      before: cents,
      after: cents,
      refused: fc.integer({ min: 0, max: 11 }).map((drawn) => drawn === 11),
    }),
    { minLength: 1, maxLength: 8 },
  ),
  script: fc.array(fc.nat({ max: 99 }), { maxLength: 120 }),
  /** At which waits, and before which runs, somebody else moves a value. */
  drifts: fc.array(fc.integer({ min: 0, max: 4 }).map((drawn) => drawn === 4), {
    maxLength: 12,
  }),
  /** Points of the journal at which processes die, one after the other. */
  deaths: fc.array(fc.integer({ min: 1, max: 16 }), { maxLength: 5 }),
  runs: fc.integer({ min: 1, max: 4 }),
});

type Given = typeof given extends fc.Arbitrary<infer G> ? G : never;

interface Staged extends Play {
  readonly platform: Platform;
  run(direction: ChangeDirection): Promise<ChangeAnswer>;
  refresh(): Promise<void>;
  drift(): Promise<void>;
  dieAt(point: number): void;
  heal(): void;
  peak: bigint;
}

async function stage(platform: Platform, given: Given): Promise<Staged> {
  const { destination, held } = platform;
  const { budgets, script } = given;
  const targets = platform.targets.slice(0, budgets.length);
  const changeSet = await prepare(platform, targets, given);
  const refuses = new Set(
    targets.filter((target, at) =>
      budgets[at]?.refused && platform.refuse(target)
    ),
  );
  const live = new Map<EntityKey, string | null>();
  const refresh = async () => {
    for (const target of targets) live.set(target, await held(target));
  };
  await refresh();
  const node = createWorld(new Map(), SOUND);
  const others = createOthers(platform, { live, drifts: given.drifts });
  let at = 0;
  platform.play(() => script[at++] ?? 0);
  const read: typeof destination.read = async (asked) => {
    await refresh();
    const total = totalOf(live);
    if (total > staged.peak) staged.peak = total;
    return await destination.read(asked);
  };
  const staged: Staged = {
    ...{ platform, changeSet, refuses, refresh, drift: others.drift },
    world: { live, ...others },
    peak: totalOf(live),
    dieAt: node.dieAt,
    heal: () => void (at = script.length),
    run: (direction) =>
      executeChanges({
        ...{ ...jobIn(node), changeSet, direction },
        destination: { ...destination, read },
        sleep: async (ms) => {
          platform.advance(ms);
          await others.drift();
        },
      }),
  };
  return staged;
}

/** Sets what is there before, and lays out the change set. */
async function prepare(
  { destination, put }: Platform,
  targets: readonly EntityKey[],
  { budgets }: Given,
) {
  for (const [at, target] of targets.entries()) {
    await put(target, `${(budgets[at]?.before ?? 0) * CENT}`);
  }
  return await buildChangeSet(
    destination,
    targets.map((entity, at) => ({
      entity,
      microsPerDay: BigInt((budgets[at]?.after ?? 0) * CENT),
    })),
    "plan_1",
  );
}

/** Others who move values, one after the other, to what nobody planned. */
function createOthers({ put }: Platform, { live, drifts }: {
  readonly live: ReadonlyMap<EntityKey, string | null>;
  readonly drifts: readonly boolean[];
}) {
  const targets = [...live.keys()];
  const foreign = new Map(live);
  const moved = new Set<EntityKey>();
  let [waits, strange] = [0, 0];
  async function drift(): Promise<void> {
    const target = targets[waits % targets.length];
    if (drifts[waits++] !== true || target === undefined) return;
    const value = `${(100_000 + ++strange) * CENT}`;
    await put(target, value);
    foreign.set(target, value);
    moved.add(target);
  }
  return { foreign, moved, drift };
}

async function runToEnd(
  staged: Staged,
  direction: ChangeDirection,
  { deaths, most = MOST_RUNS }: {
    readonly deaths: readonly number[];
    readonly most?: number;
  },
): Promise<ChangeAnswer | EngineError | null> {
  let last: ChangeAnswer | EngineError | null = null;
  for (let run = 0; run < most; run++) {
    if (run === MOST_RUNS / 2) staged.heal();
    staged.dieAt(deaths[run] ?? Infinity);
    await staged.drift();
    try {
      last = await staged.run(direction);
      await staged.refresh();
      assertTrue(staged, last);
      if (isFinal(last, staged.refuses)) return last;
      staged.platform.advance((last.stopped?.retryAfterSeconds ?? 60) * 1000);
    } catch (error) {
      if (error instanceof EngineError) {
        last = error;
        if (error.code === "change_drifted") return last;
        staged.platform.advance(3_600_000);
      } else if (!(error instanceof Crash)) throw error;
    }
  }
  return last;
}

async function applyAndRollBack(
  platform: Platform,
  given: Given,
): Promise<void> {
  const staged = await stage(platform, given);
  const { changeSet, refuses, world: { live, foreign, moved } } = staged;
  const before = totalOf(live);
  const after = changeSet.operations.reduce(
    (sum, { expect, set }) => sum + BigInt(set ?? 0) - BigInt(expect ?? 0),
    before,
  );
  const { deaths, runs: most } = given;
  await staged.drift();
  const early = changeSet.operations.some(({ target }) => moved.has(target));
  const applied = await runToEnd(staged, "apply", { deaths, most });
  await staged.refresh();
  const refused = applied instanceof EngineError &&
    applied.code === "change_drifted";
  if (refused || early) return assert.deepEqual(live, foreign);
  if (applied !== null && !(applied instanceof EngineError)) {
    if (isFinal(applied, refuses)) assertApplied(staged, applied);
  }
  if (moved.size === 0) {
    assert.ok(staged.peak <= (before > after ? before : after));
  }
  const between = totalOf(live);
  staged.peak = between;
  const back = await runToEnd(staged, "rollback", { deaths });
  await staged.refresh();
  if (back === null || back instanceof EngineError) throw back ?? assert.fail();
  assert.equal(back.stopped, null);
  assertRestored(staged, back);
  if (moved.size === 0) {
    assert.ok(staged.peak <= (between > before ? between : before));
  }
}

Deno.test.each(Object.keys(PLATFORMS).map((name) => ({ name })))(
  "a change set on $name keeps its promises whatever goes wrong",
  async ({ name }) => {
    await fc.assert(
      fc.asyncProperty(given, async (given) => {
        await applyAndRollBack(
          PLATFORMS[name]?.() ?? assert.fail(),
          given,
        );
      }),
      { numRuns: 60 },
    );
  },
);
