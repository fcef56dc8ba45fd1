/**
 * The stages that a decision passes through, and in which order.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createDecisions } from "./decisions.ts";
import {
  ACTION,
  REQUEST,
  scorerOf,
  scoresOf,
  type World,
  worldOf,
} from "./memory_ports_test.ts";

async function stagesOf(
  world: World,
  key: string | null = null,
): Promise<readonly string[]> {
  const ended: string[] = [];
  await createDecisions(world).decide("acme", REQUEST, {
    by: "tester",
    idempotent: key === null
      ? null
      : { route: "POST /score", key, requestHash: "1" },
    times: { end: (stage) => ended.push(stage) },
    render: ({ id }) => id,
  });
  return ended;
}

const scorer = (score: () => number) => scorerOf(ACTION, { score });
const fine = scorer(() => 0.1);
const broken = scorer(() => {
  throw new Error("broken");
});
const STANDING = ["find_models", "read_features", "score_champion"];
const SETTLING = ["pace", "judge", "render", "commit"];

Deno.test("a decision of the champion ends each stage once, in order", async () => {
  const world = worldOf({ scores: scoresOf(fine) });
  assert.deepEqual(await stagesOf(world), [...STANDING, ...SETTLING]);
});

Deno.test("a key is looked for first", async () => {
  const world = worldOf({ scores: scoresOf(fine) });
  const stages = await stagesOf(world, "k-1");
  assert.deepEqual(stages, ["recall", ...STANDING, ...SETTLING]);
});

Deno.test("a champion that fails is timed as well, and then the previous one", async () => {
  const world = worldOf({ scores: scoresOf(broken, fine) });
  assert.deepEqual(await stagesOf(world), [
    ...STANDING,
    ...["read_features", "score_previous"],
    ...SETTLING,
  ]);
});
