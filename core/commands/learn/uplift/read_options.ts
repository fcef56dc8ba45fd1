/**
 * Options of `moe learn uplift`, from text to what they mean.
 *
 * @module
 */
import { BaseParams } from "../../../../models/learners/uplift/params.ts";
import { EngineError } from "../../../domain/error.ts";
import { type Options, textOption } from "../../command.ts";
import { wholeNumberOption } from "../../option.ts";
import { BASELINE, CANDIDATES, splitInHalves } from "./compare_learners.ts";
import { type Experiment, HELD, LEARNT, NEITHER } from "./read_experiment.ts";

const SEED = { otherwise: 1, least: 0, most: 1_000_000_000 };
const REPLICATES = { otherwise: 200, least: 20, most: 100_000 };
const SPLITS = { otherwise: 5, least: 1, most: 1_000 };

/** Reads where what is, and where results go. */
export function placeOptions(options: Options) {
  const word = (name: string) => options[name] as string | undefined;
  return {
    path: textOption(options, "csv", ""),
    treatment: textOption(options, "treatment", ""),
    outcome: textOption(options, "outcome", ""),
    control: word("control"),
    arms: listOption(options, "arms"),
    categorical: listOption(options, "categorical"),
    drop: listOption(options, "drop"),
    splitColumn: word("split-column"),
    out: word("out"),
    plots: word("plots"),
  };
}

/** Reads seed and draws. */
export function scaleOptions(options: Options) {
  return {
    seed: wholeNumberOption(options, "seed", SEED),
    replicates: wholeNumberOption(options, "replicates", REPLICATES),
  };
}

/** Reads what to fit, on which rows, at what cost. */
export async function runOptions(experiment: Experiment, options: Options) {
  const eligible = readLearners(options);
  return {
    eligible,
    candidates: CANDIDATES.filter(({ name }) =>
      name === BASELINE || eligible.includes(name)
    ),
    params: readParams(options),
    costs: readCosts(experiment, options),
    splits: await readSplits(experiment, options),
  };
}

function listOption(options: Options, name: string): string[] {
  return textOption(options, name, "").split(",").map((word) => word.trim())
    .filter((word) => word !== "");
}

function readLearners(options: Options): string[] {
  const asked = listOption(options, "learner");
  const unknown = asked.find((word) =>
    !CANDIDATES.some(({ name, learner }) => word === name || word === learner)
  );
  if (unknown !== undefined) {
    const known = CANDIDATES.map(({ name }) => name).join(", ");
    throw refused("learner", unknown, `some of ${known}`);
  }
  return CANDIDATES.filter(({ name, learner }) =>
    asked.length === 0 || asked.includes(name) || asked.includes(learner)
  ).map(({ name }) => name);
}

function readParams(options: Options) {
  const text = textOption(options, "params", "{}");
  try {
    return BaseParams.parse(JSON.parse(text));
  } catch {
    const known = Object.keys(BaseParams.shape).join(", ");
    throw refused("params", text, `a JSON object with some of ${known}`);
  }
}

function readCosts({ armNames }: Experiment, options: Options): number[] {
  const costs = new Map<string, number>();
  for (const text of listOption(options, "cost")) {
    const at = text.lastIndexOf("=");
    const word = at < 0 ? "" : text.slice(0, at);
    const cost = Number(text.slice(at + 1));
    if (!Number.isFinite(cost) || (at >= 0 && armNames.indexOf(word) < 1)) {
      throw refused("cost", text, "a number, or WORD=NUMBER of the treatment");
    }
    costs.set(word, cost);
  }
  return armNames.map((name, arm) =>
    arm === 0 ? 0 : costs.get(name) ?? costs.get("") ?? 0
  );
}

async function readSplits(
  experiment: Experiment,
  options: Options,
): Promise<Uint8Array[]> {
  if (experiment.split) return [experiment.split];
  const [train, test] = [options["train-index"], options["test-index"]];
  if (typeof train === "string" && typeof test === "string") {
    const [learnt, held] = [await readPlaces(train), await readPlaces(test)];
    const sideOf = (place: number) =>
      learnt.has(place) ? LEARNT : held.has(place) ? HELD : NEITHER;
    return [Uint8Array.from(experiment.places, sideOf)];
  }
  const { seed } = scaleOptions(options);
  const splits = wholeNumberOption(options, "splits", SPLITS);
  return Array.from(
    { length: splits },
    (_, at) => splitInHalves(experiment, seed + at),
  );
}

async function readPlaces(path: string): Promise<Set<number>> {
  const lines = (await readText(path)).trim().split(/\r?\n/);
  const wrong = lines.find((line) => !/^\d+$/.test(line));
  if (wrong !== undefined) {
    throw unreadable(path, "a line holds no row number from 0 on");
  }
  return new Set(lines.map(Number));
}

async function readText(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch {
    throw unreadable(path, "it does not exist or may not be read");
  }
}

function unreadable(path: string, reason: string): EngineError {
  return new EngineError(
    "file_unreadable",
    `Cannot read rows of a split from "${path}": ${reason}`,
  );
}

function refused(name: string, text: string, wanted: string): EngineError {
  return new EngineError(
    "request_invalid",
    `Cannot use --${name} "${text}": give ${wanted}`,
    { facts: { option: name } },
  );
}
