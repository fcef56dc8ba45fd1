/**
 * Parameters of `moe learn boost`, in our names or in LightGBM's. Defaults are
 * LightGBM's, so that the same settings mean the same.
 *
 * @see https://lightgbm.readthedocs.io/en/stable/Parameters.html
 * @module
 */
import { EngineError } from "../../domain/error.ts";
import { suggestName } from "../../domain/nearest_name.ts";
import type {
  BoostingOptions,
  Loss,
} from "../../../models/learners/boosting/options.ts";

/** Options that the table does not decide. */
export interface BoostParams
  extends Omit<BoostingOptions, "loss" | "monotone"> {
  /** Null if the labels are to decide. */
  readonly loss: Loss | null;
  /** Directions by column name, or by place; null if none are bound. */
  readonly monotone:
    | Readonly<Record<string, number>>
    | readonly number[]
    | null;
  readonly seed: number;
  /** Whether rows are to be set apart to stop early on. */
  readonly stopsEarly: boolean;
}

interface Rule {
  /** LightGBM's names for it. */
  readonly aliases: readonly string[];
  readonly otherwise: number;
  readonly least: number;
  readonly most: number;
  /** Whether it must lie below `most`. */
  readonly below?: true;
  readonly whole?: true;
}

const share = { least: Number.MIN_VALUE, most: 1 };
const penalty = { least: 0, most: Number.MAX_VALUE };

const NUMBERS = {
  trees: {
    aliases: ["num_trees", "num_iterations", "num_boost_round", "n_estimators"],
    otherwise: 100,
    least: 1,
    most: 100_000,
    whole: true,
  },
  leaves: {
    aliases: ["num_leaves", "max_leaves"],
    otherwise: 31,
    least: 2,
    most: 4096,
    whole: true,
  },
  learningRate: {
    aliases: ["learning_rate", "shrinkage_rate", "eta"],
    otherwise: 0.1,
    ...share,
  },
  maxDepth: {
    aliases: ["max_depth"],
    otherwise: -1,
    least: -1,
    most: 4096,
    whole: true,
  },
  l1: { aliases: ["lambda_l1", "reg_alpha"], otherwise: 0, ...penalty },
  l2: { aliases: ["lambda_l2", "reg_lambda"], otherwise: 0, ...penalty },
  minChildRows: {
    aliases: ["min_data_in_leaf", "min_child_samples"],
    otherwise: 20,
    least: 0,
    most: 1e9,
    whole: true,
  },
  minChildWeight: {
    aliases: ["min_sum_hessian_in_leaf", "min_child_weight"],
    otherwise: 1e-3,
    ...penalty,
  },
  maxBins: {
    aliases: ["max_bin", "max_bins"],
    otherwise: 255,
    least: 2,
    most: 255,
    whole: true,
  },
  rowShare: {
    aliases: ["bagging_fraction", "subsample"],
    otherwise: 1,
    ...share,
  },
  columnShare: {
    aliases: ["feature_fraction", "colsample_bytree"],
    otherwise: 1,
    ...share,
  },
  nodeColumnShare: {
    aliases: ["feature_fraction_bynode", "colsample_bynode"],
    otherwise: 1,
    ...share,
  },
  categorySmoothing: { aliases: ["cat_smooth"], otherwise: 10, ...penalty },
  categoryL2: { aliases: ["cat_l2"], otherwise: 10, ...penalty },
  quantile: { aliases: ["alpha"], otherwise: 0.5, ...share, below: true },
  patience: {
    aliases: ["early_stopping_round", "early_stopping_rounds"],
    otherwise: 0,
    least: 0,
    most: 100_000,
    whole: true,
  },
  threads: {
    aliases: ["num_threads", "n_jobs"],
    otherwise: 0,
    least: 0,
    most: 64,
    whole: true,
  },
  seed: {
    aliases: ["random_state"],
    otherwise: 0,
    least: 0,
    most: Number.MAX_SAFE_INTEGER,
    whole: true,
  },
} as const satisfies Record<string, Rule>;

type NumberName = keyof typeof NUMBERS;

const LOSSES: ReadonlyMap<string, Loss> = new Map([
  ["logistic", "logistic"],
  ["binary", "logistic"],
  ["squared", "squared"],
  ["regression", "squared"],
  ["l2", "squared"],
  ["poisson", "poisson"],
  ["quantile", "quantile"],
]);

const LOSS_NAMES = ["loss", "objective"];
const MONOTONE_NAMES = ["monotone", "monotone_constraints"];
/** Of LightGBM's, those that change nothing here. */
const IGNORED = ["verbose", "verbosity", "deterministic", "force_col_wise"];

/** Our name of each name that is known. */
const KNOWN: ReadonlyMap<string, string> = new Map([
  ...Object.entries(NUMBERS).flatMap(([name, { aliases }]) =>
    [name, ...aliases].map((each) => [each, name] as const)
  ),
  ...LOSS_NAMES.map((each) => [each, "loss"] as const),
  ...MONOTONE_NAMES.map((each) => [each, "monotone"] as const),
  ...IGNORED.map((each) => [each, "ignored"] as const),
]);

/** Threads unless said: a third seldom pays. */
const USUAL_THREADS = 2;

/**
 * Reads parameters.
 *
 * @param text JSON object; may be empty.
 * @param cores Cores of the machine.
 * @returns The parameters; what is not named as LightGBM has it.
 * @throws {EngineError} `request_invalid` if it is none, or a name or value is wrong.
 */
export function parseBoostParams(text: string, cores: number): BoostParams {
  const given = nameAlike(parseObject(text));
  const numbers = Object.fromEntries(
    Object.keys(NUMBERS).map((name) => [
      name,
      readNumber(name as NumberName, given.get(name)),
    ]),
  ) as Record<NumberName, number>;
  const { maxDepth, patience, threads } = numbers;
  return {
    ...numbers,
    maxDepth: maxDepth > 0 ? maxDepth : Infinity,
    patience: patience > 0 ? patience : Infinity,
    threads: threads > 0 ? threads : Math.min(USUAL_THREADS, cores),
    stopsEarly: patience > 0,
    loss: readLoss(given.get("loss")),
    monotone: readMonotone(given.get("monotone")),
  };
}

function parseObject(text: string): Record<string, unknown> {
  const value: unknown = parseJson(text || "{}");
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new EngineError(
    "request_invalid",
    'Cannot read option --params: it is no JSON object such as {"trees":100}',
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new EngineError(
      "request_invalid",
      "Cannot read option --params: it is not JSON",
      { cause },
    );
  }
}

/** Values by our names. */
function nameAlike(given: Record<string, unknown>): Map<string, unknown> {
  const values = new Map<string, unknown>();
  for (const [name, value] of Object.entries(given)) {
    const own = KNOWN.get(name);
    if (own === undefined) {
      const near = suggestName(name, [...KNOWN.keys()]);
      throw invalid(name, `there is no such parameter; ${near}`);
    }
    if (own === "ignored") continue;
    if (values.has(own)) throw invalid(name, "it is given twice");
    values.set(own, value);
  }
  return values;
}

function readNumber(name: NumberName, value: unknown): number {
  const { otherwise, least, most, ...rule }: Rule = NUMBERS[name];
  if (value === undefined) return otherwise;
  const isSound = typeof value === "number" && value >= least &&
    (rule.below ? value < most : value <= most) &&
    (!rule.whole || Number.isInteger(value));
  if (isSound) return value;
  const kind = rule.whole ? "a whole number" : "a number";
  const from = least === Number.MIN_VALUE ? "above 0" : `from ${least}`;
  const until = most === Number.MAX_VALUE
    ? "up"
    : rule.below
    ? `and below ${most}`
    : `to ${most}`;
  throw invalid(name, `it must be ${kind} ${from} ${until}`);
}

function readLoss(value: unknown): Loss | null {
  if (value === undefined) return null;
  const loss = LOSSES.get(String(value));
  if (loss) return loss;
  const near = suggestName(String(value), [...LOSSES.keys()]);
  throw invalid("loss", `"${value}" is none; ${near}`);
}

function readMonotone(value: unknown): BoostParams["monotone"] {
  if (value === undefined) return null;
  const isObject = typeof value === "object" && value !== null;
  if (isObject && Object.values(value).every(isDirection)) {
    return value as Record<string, number> | number[];
  }
  throw invalid("monotone", 'it must be such as {"age": 1, "price": -1}');
}

function isDirection(value: unknown): boolean {
  return value === 1 || value === -1 || value === 0;
}

function invalid(name: string, reason: string): EngineError {
  return new EngineError(
    "request_invalid",
    `Cannot set parameter "${name}": ${reason}`,
  );
}
