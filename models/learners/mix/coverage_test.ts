/**
 * Over simulated markets the 90 % intervals of ROAS hold the truth about nine times in
 * ten: by night over a hundred markets (`MOE_MIX_WORLDS=100`), else over a few.
 *
 * @module
 */
import assert from "node:assert/strict";
import { seededRandom } from "@moe/plugin/test";
import { drawChains } from "./draw_chains.ts";
import { collectChains, planChain, prepareMix } from "./fit.ts";
import { simulateWorld } from "./fixtures/world.ts";
import { arrangePanel } from "./panel.ts";
import { parseMixSpec } from "./spec.ts";
import { type MixSummary, summarizeMix } from "./summary.ts";

const FEW_WORLDS = 20;
/** So many and more worlds tell 85 % from 90 % by themselves. */
const MANY_WORLDS = 100;
const FIRST_SEED = 1000;

function countWorlds(): number {
  return Number(Deno.env.get("MOE_MIX_WORLDS") ?? FEW_WORLDS);
}

async function learn(seed: number, draws: number) {
  const { spec: stated, rows, truth } = simulateWorld(seed);
  const spec = parseMixSpec({ ...stated, warmup: 250, draws });
  const prepared = prepareMix(spec, arrangePanel(spec, rows));
  const chains = await drawChains(planChain(prepared), {
    seeds: [seed],
    threads: 1,
  });
  const fit = collectChains(prepared, chains);
  return { truth, summary: summarizeMix(fit, seededRandom(seed)) };
}

/** Whether each channel's interval holds its true ROAS, and how wide it is. */
function judge(
  { channels }: MixSummary,
  truth: readonly { readonly name: string; readonly roas: number }[],
): { held: boolean; width: number }[] {
  return channels.map(({ name, roas: { interval: [low, high] } }) => {
    const want = truth.find((one) => one.name === name)?.roas ?? NaN;
    return { held: low <= want && want <= high, width: high / low };
  });
}

/**
 * Least and most that the share of intervals that hold may truly be, but once in 500.
 * Those of one market depend on each other, so markets are what varies; and no less
 * than independent intervals would.
 */
function bound(worlds: readonly (readonly boolean[])[]): [number, number] {
  const shares = worlds.map((held) =>
    held.filter(Boolean).length / held.length
  );
  const mean = shares.reduce((sum, one) => sum + one, 0) / shares.length;
  const square = shares.reduce((sum, one) => sum + (one - mean) ** 2, 0);
  const between = square / (shares.length - 1) / shares.length;
  const within = 0.9 * 0.1 / worlds.flat().length;
  const room = 2.9 * Math.sqrt(Math.max(between, within));
  return [mean - room, mean + room];
}

Deno.test("90 % intervals of ROAS hold the truth about nine times in ten", async () => {
  const count = countWorlds();
  const worlds: { held: boolean; width: number }[][] = [];
  for (let world = 0; world < count; world++) {
    const draws = count < MANY_WORLDS ? 300 : 1000;
    const { truth, summary } = await learn(FIRST_SEED + world, draws);
    worlds.push(judge(summary, truth));
  }
  const all = worlds.flat();
  const share = all.filter(({ held }) => held).length / all.length;
  const [least, most] = bound(worlds.map((one) => one.map(({ held }) => held)));
  const said = `${share} of ${all.length} intervals hold the truth`;
  assert.ok(most >= 0.85 && least <= 0.95, said);
  if (count >= MANY_WORLDS) assert.ok(share >= 0.85 && share <= 0.95, said);
  const widths = all.map(({ width }) => width).sort((a, b) => a - b);
  const middle = widths[widths.length >> 1] ?? Infinity;
  assert.ok(middle < 6, `the middle interval is ${middle} times its low end`);
});
