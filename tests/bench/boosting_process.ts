/**
 * Boosts the seeded set and tells the seconds and the AUC:
 * `boosting_process.ts ROWS THREADS`.
 *
 * @module
 */
import { measureFit } from "../../core/commands/learn/output.ts";
import { auc } from "../../core/domain/measures.ts";
import { seededRandom } from "../../core/domain/random.ts";
import {
  fitBoosting,
  predictEnsemble,
} from "../../models/learners/boosting/boosting.ts";
import { tellApart } from "./apart.ts";
import { plantBoostedRows } from "./boosted_rows.ts";
import type { BoostingAnswer } from "./boosting.ts";
import { OPTIONS, SEEDS, TEST_ROWS } from "./boosting.ts";

const [rows, threads] = Deno.args.map(Number) as [number, number];

await tellApart(async (): Promise<BoostingAnswer> => {
  const learn = plantBoostedRows(rows, SEEDS.learn);
  const { result, fitSeconds, peakBytes } = await measureFit(() =>
    fitBoosting(learn, { ...OPTIONS, threads }, {
      validation: null,
      random: seededRandom(1),
      report: () => {},
    })
  );
  const test = plantBoostedRows(TEST_ROWS, SEEDS.test);
  const said = predictEnsemble(result, test.columns);
  return {
    seconds: fitSeconds,
    auc: auc(test.label, said),
    peakMiB: peakBytes / 2 ** 20,
  };
});
