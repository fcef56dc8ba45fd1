/**
 * A media mix learnt from a file says what it must, and predicts the file's periods.
 *
 * @module
 */
import assert from "node:assert/strict";
import { addDays } from "../../domain/day.ts";
import { seededRandom } from "../../domain/random.ts";
import type { CommandScope } from "../command.ts";
import { parseArguments } from "../command.ts";
import { learnMix } from "./mix.ts";

const PERIODS = 70;
const GEOS = ["north", "south, far"];

/** Weeks of two geographies, the rows of a week side by side. */
function printRows(): string {
  const random = seededRandom(1);
  const lines = Array.from({ length: PERIODS }, (_, t) =>
    GEOS.map((geo) => {
      const tv = Math.round(100 * random.next());
      const radio = Math.round(40 * random.next());
      const sales = 900 + 200 * tv / (50 + tv) + 2 * radio +
        20 * random.normal();
      const day = addDays("2024-01-01", 7 * t);
      return [day, `"${geo}"`, tv, radio, sales].join();
    }));
  return ["week,region,tv_spend,radio_spend,sales", ...lines.flat(), ""]
    .join("\n");
}

interface Told {
  readonly lines: readonly string[];
  readonly predictions: readonly string[];
  readonly plots: readonly string[];
}

async function learn(
  args: readonly string[],
  spec?: Record<string, unknown>,
): Promise<Told> {
  const folder = await Deno.makeTempDir();
  const csv = `${folder}/weeks.csv`;
  const lines: string[] = [];
  const terminal = {
    line: (text: string) => void lines.push(text),
    warn: () => {},
    progress: () => {},
    done: () => {},
  };
  try {
    await Deno.writeTextFile(csv, printRows());
    await Deno.writeTextFile(`${folder}/spec.json`, JSON.stringify(spec ?? {}));
    const { operands, options } = parseArguments(learnMix, [
      ...["--csv", csv, "--plots", `${folder}/plots`],
      ...spec ? ["--spec", `${folder}/spec.json`] : [],
      ...args,
    ]);
    const scope = { terminal } as unknown as CommandScope;
    assert.equal(await learnMix.run(scope, operands, options), 0);
    const predictions = await Deno.readTextFile(`${csv}.predictions.csv`);
    const plots = [...Deno.readDirSync(`${folder}/plots`)];
    return {
      lines,
      predictions: predictions.trim().split("\n"),
      plots: plots.map(({ name }) => name),
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("moe learn mix guesses the columns and prints JSON alone", async () => {
  const { lines, predictions, plots } = await learn([
    ...["--mode", "laplace", "--folds", "2"],
    "--json",
  ]);
  assert.equal(lines.length, 1);
  const result = JSON.parse(lines[0] ?? "");
  assert.deepEqual(result.spec, {
    date: "week",
    target: "sales",
    geo: "region",
    channels: ["tv_spend", "radio_spend"],
  });
  const { radio_spend: radio, tv_spend: tv } = result.roas;
  const [low, high] = radio.interval;
  assert.ok(low < 2 && 2 < high, `${low} – ${high}`);
  assert.deepEqual(Object.keys(tv.geos), GEOS);
  assert.ok(result.contributions.tv_spend.share > 0.02);
  assert.ok(result.marginal_roas.tv_spend.mean < tv.mean);
  assert.equal(result.curves.tv_spend.length, 41);
  assert.equal(result.decomposition.periods.length, PERIODS);
  assert.ok(result.metrics.r2 > 0.8 && result.metrics.holdout_crps > 0);
  assert.equal(result.time_slices.length, 2);
  assert.ok(result.prior_shift.tv_spend.spread < 0.8);
  assert.equal(result.diagnostics.r_hat, null);
  assert.ok(result.fit_seconds > 0 && result.peak_bytes > 0);
  assert.equal(predictions[0], "period,geo,actual,mean,low,high");
  assert.equal(predictions.length, 2 * PERIODS + 1);
  assert.ok(predictions[2]?.startsWith('2024-01-01,"south, far",'));
  assert.ok(plots.includes("roas.svg"));
});

Deno.test("moe learn mix draws chains on threads, the same on any number", async () => {
  const spec = {
    date: "week",
    target: "sales",
    geo: "region",
    channels: ["tv_spend", "radio_spend"],
    chains: 2,
    warmup: 60,
    draws: 40,
    holdout: 0,
  };
  const results = await Promise.all(["1", "2"].map(async (threads) => {
    const { lines } = await learn(["--threads", threads, "--json"], spec);
    const { roas, diagnostics, metrics } = JSON.parse(lines[0] ?? "");
    return { roas, diagnostics, metrics };
  }));
  assert.deepEqual(results[1], results[0]);
  assert.equal(results[0]?.diagnostics.draws, 80);
  assert.ok(results[0]?.diagnostics.ess_bulk > 0);
});

Deno.test("moe learn mix prints tables for people, the guess above", async () => {
  const { lines } = await learn(["--mode", "laplace"]);
  assert.ok(lines[0]?.startsWith("specification, guessed:"));
  const text = lines.join("\n");
  for (const word of ["tv_spend", "ROAS", "holdout_mape", "fitted in"]) {
    assert.ok(text.includes(word), word);
  }
});

Deno.test("moe learn mix refuses a seed that is none", async () => {
  await assert.rejects(learn(["--seed", "x"]), { code: "request_invalid" });
});
