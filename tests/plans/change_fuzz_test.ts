/**
 * Change sets against everything that may go wrong: never is a value written over one
 * that somebody else set, what is said is what is held, the total never exceeds the
 * larger of before and after, and a rollback restores each value or says why not.
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
  assertApplied,
  assertRestored,
  assertTrue,
  isFinal,
  type Play,
} from "./change_fuzz_oracle.ts";
import {
  Crash,
  createWorld,
  jobIn,
  totalOf,
  type World,
} from "./change_fuzz_model.ts";

const MOST_RUNS = 40;

/** A budget before and after; null is unset. */
const budgets = fc.array(
  fc.record({
    before: fc.option(fc.integer({ min: 0, max: 60 }), { freq: 8 }),
    after: fc.integer({ min: 0, max: 60 }),
    refused: fc.integer({ min: 0, max: 9 }).map((drawn) => drawn === 9),
  }),
  { minLength: 1, maxLength: 12 },
);

const script = fc.array(fc.nat({ max: 99 }), { maxLength: 150 });

/** A case: what is written where, and what goes wrong. */
interface Given {
  readonly budgets: readonly {
    readonly before: number | null;
    readonly after: number;
    readonly refused: boolean;
  }[];
  readonly script: readonly number[];
  readonly atomic: boolean;
  readonly drifts: boolean;
  /** Points at which processes die, one after the other; then none. */
  readonly deaths: readonly number[];
  /** Runs of the first direction before it is rolled back, unless it is done. */
  readonly runs: number;
}

const given: fc.Arbitrary<Given> = fc.record({
  budgets,
  script,
  atomic: fc.boolean(),
  drifts: fc.boolean(),
  deaths: fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 4 }),
  runs: fc.integer({ min: 1, max: 4 }),
});

interface Staged extends Play {
  readonly world: World;
}

async function open({ budgets, ...mishaps }: Given): Promise<Staged> {
  const key = (at: number): EntityKey => `campaign:c-${at}`;
  const initial = new Map(
    budgets.map((
      { before },
      at,
    ) => [key(at), before === null ? null : `${before}`]),
  );
  const refuses = new Set(
    budgets.flatMap(({ refused }, at) => refused ? [key(at)] : []),
  );
  const calm = { ...mishaps, refuses, script: [] };
  const changeSet = await buildChangeSet(
    createWorld(initial, calm).destination,
    budgets.map(({ after }, at) => ({
      entity: key(at),
      microsPerDay: BigInt(after),
    })),
    "plan_1",
  );
  const world = createWorld(initial, { ...mishaps, refuses });
  return { world, changeSet, refuses };
}

/** Runs until nothing is left to be tried, through deaths, stops and what passes. */
async function run(
  play: Staged,
  direction: ChangeDirection,
  { deaths, most = MOST_RUNS }: {
    readonly deaths: readonly number[];
    readonly most?: number;
  },
): Promise<ChangeAnswer | EngineError | null> {
  const { world, changeSet, refuses } = play;
  let last: ChangeAnswer | EngineError | null = null;
  for (let at = 0; at < most; at++) {
    if (at === MOST_RUNS / 2) world.heal();
    else world.dieAt(deaths[at] ?? Infinity);
    try {
      last = await executeChanges({ ...jobIn(world), changeSet, direction });
      assertTrue(play, last);
      if (isFinal(last, refuses)) return last;
    } catch (error) {
      if (error instanceof EngineError) {
        last = error;
        if (error.code === "change_drifted") return last;
      } else if (!(error instanceof Crash)) throw error;
    }
  }
  return last;
}

async function applyAndRollBack(given: Given): Promise<void> {
  const play = await open(given);
  const { world, changeSet } = play;
  const total = totalOf(world.live);
  const planned = changeSet.operations.reduce(
    (sum, { expect, set }) => sum + BigInt(set ?? 0) - BigInt(expect ?? 0),
    total,
  );
  const { deaths, runs } = given;
  const applied = await run(play, "apply", { deaths, most: runs });
  assertPeak(world, total > planned ? total : planned);
  if (applied instanceof EngineError && applied.code === "change_drifted") {
    assert.equal(world.writes, 0);
    assert.deepEqual(world.live, world.foreign);
    return;
  }
  if (applied !== null && !(applied instanceof EngineError)) {
    if (isFinal(applied, play.refuses)) assertApplied(play, applied);
  }
  const between = totalOf(world.live);
  world.peak = between;
  const back = await run(play, "rollback", { deaths });
  if (back === null || back instanceof EngineError) throw back ?? assert.fail();
  assert.equal(back.stopped, null);
  assertRestored(play, back);
  assertPeak(world, between > total ? between : total);
  assert.deepEqual(world.overwritten, []);
  assert.ok(world.largest <= changeSet.rate.batch);
}

function assertPeak({ peak, moved }: World, most: bigint): void {
  if (moved.size === 0) {
    assert.ok(peak <= most, `${peak} is spent, not ${most}`);
  }
}

Deno.test("a change set keeps its promises whatever goes wrong", async () => {
  await fc.assert(fc.asyncProperty(given, applyAndRollBack), {
    numRuns: 1500,
  });
});
