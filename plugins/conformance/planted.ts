/**
 * Data with a known signal in it, the same every time.
 *
 * @module
 */
import { addDays, entityKey } from "../contract.ts";
import type { RowDataset, SeriesDataset } from "../../core/domain/dataset.ts";
import { seededRandom } from "../../core/domain/random.ts";

/** How planted rows are made. */
export interface RowPlan {
  readonly rows: number;
  readonly seed: number;
  /** Whether the label is 0 or 1, or an amount above zero. */
  readonly label: "binary" | "amount";
  /** Whether a tenth of one column is missing. */
  readonly missing: boolean;
  /** Whether each row took an action by chance, one of which does something. */
  readonly actions: boolean;
}

/**
 * Rows whose label depends on two of four columns. Values are exact in float32,
 * so that ONNX sees what the trainer saw.
 */
export function plantRows(plan: RowPlan): RowDataset {
  const dataset = plantPlainRows(plan);
  return plan.actions ? plantActions(dataset, plan.seed) : dataset;
}

function plantPlainRows(
  { rows, seed, label, missing }: RowPlan,
): RowDataset {
  const random = seededRandom(seed);
  const names = ["visits_28d", "is_returning", "noise", "age_days"];
  const columns = names.map(() => new Float64Array(rows));
  const labels = new Float64Array(rows);
  const [visits, returning, noise, age] = columns as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  for (let row = 0; row < rows; row++) {
    visits[row] = Math.floor(random.next() * 20);
    returning[row] = random.next() < 0.4 ? 1 : 0;
    noise[row] = Math.fround(random.normal());
    age[row] = missing && random.next() < 0.1
      ? NaN
      : Math.floor(random.next() * 365);
    const signal = 0.3 * (visits[row] ?? 0) + 1.5 * (returning[row] ?? 0) - 3.6;
    const chance = 1 / (1 + Math.exp(-signal));
    labels[row] = label === "binary"
      ? Number(random.next() < chance)
      : 100 * chance * (0.8 + 0.4 * random.next());
  }
  return { rows, names, columns, label: labels };
}

const ACTIONS = ["call", "nothing", "email"];
const CALL = 0;

/** Appends an indicator of each action; a call brings half of those without outcome round. */
function plantActions(dataset: RowDataset, seed: number): RowDataset {
  const random = seededRandom(seed + 1_000);
  const most = dataset.label.reduce((one, other) => Math.max(one, other), 0);
  const taken = Uint8Array.from(
    dataset.label,
    () => Math.floor(random.next() * ACTIONS.length),
  );
  return {
    ...dataset,
    names: [...dataset.names, ...ACTIONS.map((name) => `action=${name}`)],
    columns: [
      ...dataset.columns,
      ...ACTIONS.map((_, action) =>
        Float64Array.from(taken, (one) => one === action ? 1 : 0)
      ),
    ],
    label: dataset.label.map((label, row) =>
      taken[row] === CALL && random.next() < 0.5 ? most : label
    ),
    actions: {
      names: ACTIONS,
      firstColumn: dataset.columns.length,
      control: ACTIONS.indexOf("nothing"),
      taken,
    },
  };
}

const FIRST_DAY = "2024-01-01";
const UNIT = 1e6;

/** Weekly spend of two channels, and revenue that saturates in each and lingers. */
export function plantSeries(
  { periods, seed }: { readonly periods: number; readonly seed: number },
): SeriesDataset {
  const random = seededRandom(seed);
  const days = Array.from(
    { length: periods },
    (_, period) => addDays(FIRST_DAY, 7 * period),
  );
  const outcome = new Float64Array(periods).map(() =>
    2000 * UNIT * (1 + 0.01 * random.normal())
  );
  const channels = [
    { id: "search", half: 400 * UNIT, ceiling: 3000 * UNIT, decay: 0.1 },
    { id: "video", half: 900 * UNIT, ceiling: 2000 * UNIT, decay: 0.5 },
  ];
  const spend = channels.map(({ id, half, ceiling, decay }, channel) => {
    let adstock = 0;
    const series = new Float64Array(periods).map((_, period) => {
      const wave = 1 + Math.sin(period / (5 + 6 * channel));
      return Math.round(half * wave * (0.4 + 1.2 * random.next()));
    });
    series.forEach((micros, period) => {
      adstock = (1 - decay) * micros + decay * adstock;
      outcome[period] = (outcome[period] ?? 0) +
        (ceiling * adstock) / (half + adstock);
    });
    return { entity: entityKey("channel", id), parent: null, series };
  });
  return { days, periodDays: 7, spend, outcome, controls: {} };
}
