/**
 * What each action adds to the chance of an outcome: the score of a row under an
 * action is its chance under control plus the action's uplift.
 *
 * Rows should come from an experiment. Where the columns tell the action that was
 * taken, uplift is corrected for what they tell, and the run says so; where some rows
 * could never have got an action, nothing is learnt.
 *
 * @module
 */
import { type ActionsTaken, defineModel, EngineError } from "@moe/plugin";
import { predictTaken } from "../learners/uplift/effect_model.ts";
import { fitUplift, LEARNERS } from "../learners/uplift/fit_uplift.ts";
import { BASES, UpliftParams } from "../learners/uplift/params.ts";
import { prepareUplift } from "../learners/uplift/prepare.ts";
import { upliftOnnx } from "../learners/uplift/uplift_onnx.ts";

export default defineModel({
  name: "uplift",
  version: "1.0.0",
  apiVersion: 1,
  about: "What each action adds to the chance of an outcome",
  grain: "rows",
  missing: "native",
  crossed: false,
  params: UpliftParams,
  output: { unit: "probability", min: 0, max: 1 },
  tunable: {
    learner: { choices: [...LEARNERS] },
    base: { choices: [...BASES] },
    trees: { from: 30, to: 400, log: true, whole: true },
    leaves: { from: 3, to: 31, log: true, whole: true },
    learningRate: { from: 0.01, to: 0.2, log: true },
    l2: { from: 0.1, to: 100, log: true },
    leafRows: { from: 20, to: 500, log: true, whole: true },
  },

  async fit({ dataset, params, random, report }) {
    const { actions } = dataset;
    if (!actions) {
      throw new EngineError(
        "dataset_invalid",
        "Cannot fit uplift without actions: use the score to weigh actions, and say in each row which was taken",
      );
    }
    const layout = layOut(dataset.columns.length, actions);
    const pickPlain = (columns: readonly Float64Array[]) =>
      layout.places.map((at) => columns[at] as Float64Array);
    const rows = {
      columns: pickPlain(dataset.columns),
      names: layout.places.map((at) => dataset.names[at] as string),
      label: dataset.label,
      ...(dataset.weight ? { weight: dataset.weight } : {}),
      ...armsOf(actions),
    };
    const prepared = await prepareUplift(rows, {
      ...params,
      kind: "chance",
      random,
    });
    report(prepared.overlap.text, null);
    const model = await fitUplift(rows, { ...params, ...prepared, random });
    return {
      onnx: upliftOnnx(model, layout),
      predict: (columns) =>
        predictTaken(
          model,
          pickPlain(columns),
          layout.indicators.map((at) => columns[at] as Float64Array),
        ),
    };
  },
});

/** Arms are the actions beside control, in their order. */
function armsOf({ names, control, taken }: ActionsTaken) {
  const order = [control, ...names.keys().filter((at) => at !== control)];
  return {
    arm: taken.map((action) => order.indexOf(action)),
    arms: names.length - 1,
    armNames: order.map((at) => names[at] as string),
  };
}

function layOut(
  columns: number,
  { names, firstColumn, control }: ActionsTaken,
) {
  const isAction = (at: number) =>
    at >= firstColumn && at < firstColumn + names.length;
  return {
    columns,
    places: Array.from({ length: columns }, (_, at) => at)
      .filter((at) => !isAction(at)),
    indicators: Array.from(names, (_, at) => firstColumn + at)
      .filter((at) => at !== firstColumn + control),
  };
}
