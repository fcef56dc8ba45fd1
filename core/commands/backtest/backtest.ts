/**
 * `moe plans backtest`: plans the past again, and says what that would have returned
 * against what was done and against the methods of other tools.
 *
 * @module
 */
import { addDays, type Day } from "../../domain/day.ts";
import { EngineError } from "../../domain/error.ts";
import { type Backtest, backtest } from "../../plans/backtest/backtest.ts";
import { BEFORE_DAYS } from "../../plans/backtest/window.ts";
import type { ModelRecord } from "../../domain/score.ts";
import { systemClock } from "../../store/clock.ts";
import { type Command, type Options, textOption } from "../command.ts";
import { createFitters } from "../fit_pool.ts";
import { modelNameOperand } from "../model_operand.ts";
import { type Opened, TENANT, withEngine } from "../open.ts";
import { dayOption, tenantOption, wholeNumberOption } from "../option.ts";
import type { Terminal } from "../terminal.ts";
import { type Episode, learnEpisode, logOf, placeOf } from "./episode.ts";
import { writeBacktestPlots } from "./plots.ts";
import { printBacktest, printBacktestJson } from "./print.ts";
import { simulateEpisode } from "./simulated.ts";
import { readEpisode } from "./stored.ts";

const DAYS = { otherwise: 112, least: 14, most: 730 };
const EVERY = { otherwise: 7, least: 1, most: 92 };
const REFIT = { otherwise: 28, least: 1, most: 366 };
const CHANGE = { otherwise: 50, least: 1, most: 300 };
const SEEDS = { otherwise: 7, least: 0, most: 1_000_000 };

/** Plans the past again. */
export const plansBacktest: Command = {
  name: "plans backtest",
  about: "plan the past again: what it would have returned",
  operands: [],
  options: {
    ...TENANT,
    model: "allocation model; the only approved one unless given",
    simulated:
      "seed of a simulated company whose truth is known, in place of the store",
    until: "the day after the last one; today unless given",
    days: "how many days are planned again; 112 unless given",
    every: "days of one plan; 7 unless given",
    refit: "days after which curves are learnt anew; 28 unless given",
    "change-most":
      "percent by which a plan may move an entity; 50 unless given",
    plots: "folder for SVG charts",
    "json!": "print JSON",
  },
  run: async (scope, _operands, options) => {
    const { terminal } = scope;
    if (options.simulated !== undefined) {
      const seed = wholeNumberOption(options, "simulated", SEEDS);
      const until = dayOption(options, "until", systemClock.now().slice(0, 10));
      return await report(simulateEpisode(seed, until), {
        options,
        terminal,
        until,
      });
    }
    return await withEngine(scope, async (opened) => {
      const until = dayOption(
        options,
        "until",
        opened.clock.now().slice(0, 10),
      );
      const tenant = tenantOption(options);
      const record = await modelOf(opened, tenant, options);
      const episode = await readEpisode(opened, tenant, record);
      return await report(episode, { options, terminal, until });
    });
  },
};

async function modelOf(
  { engine, stores }: Opened,
  tenant: string,
  options: Options,
): Promise<ModelRecord> {
  const text = textOption(options, "model", "");
  const names = text === ""
    ? (await engine.models.list(tenant))
      .filter(({ use }) => use.kind === "plan").map(({ name }) => name)
    : [modelNameOperand(text)];
  const [name, other] = new Set(names);
  const found = name === undefined || other !== undefined
    ? null
    : await stores.models.champion(tenant, name);
  if (found !== null) return found.champion;
  throw new EngineError(
    "not_found",
    `Cannot backtest plans: ${
      other === undefined
        ? "no allocation model serves"
        : "there are several allocation models"
    }; name one with --model`,
  );
}

async function report(
  episode: Episode,
  { options, terminal, until }: {
    readonly options: Options;
    readonly terminal: Terminal;
    readonly until: Day;
  },
): Promise<number> {
  const { found, leftOut, days } = await run(episode, {
    options,
    terminal,
    until,
  });
  terminal.done();
  leftOut.forEach((one) => terminal.warn(`left out ${one}`));
  const { unit } = episode;
  const lines = options.json === true
    ? [printBacktestJson(found, { unit, days })]
    : printBacktest(found, { unit, days });
  lines.forEach(terminal.line);
  const folder = textOption(options, "plots", "");
  if (folder !== "") {
    const paths = await writeBacktestPlots(folder, found, { unit, days });
    if (options.json !== true) paths.forEach((path) => terminal.line(path));
  }
  return 0;
}

async function run(
  episode: Episode,
  { options, terminal, until }: {
    readonly options: Options;
    readonly terminal: Terminal;
    readonly until: Day;
  },
): Promise<
  { found: Backtest; leftOut: readonly string[]; days: readonly Day[] }
> {
  const every = wholeNumberOption(options, "every", EVERY);
  const refit = wholeNumberOption(options, "refit", REFIT);
  const planned = wholeNumberOption(options, "days", DAYS);
  const { days } = logOf(episode.datasets);
  const end = placeOf(days, until);
  const start = placeOf(days, addDays(until, -planned));
  if (start < BEFORE_DAYS) {
    throw new EngineError(
      "request_invalid",
      `Cannot backtest plans: ${planned} days before ${until} the log has only ${start} days, and it takes ${BEFORE_DAYS}; give fewer --days`,
    );
  }
  const places: number[] = [];
  for (let at = start; at < end; at += refit) places.push(at);
  const fitters = createFitters();
  try {
    const learnt = await learnEpisode(episode, places, {
      fitter: fitters.open(),
      report: terminal.progress,
    });
    const found = backtest({
      ...{ log: learnt.log, curvesAt: learnt.curvesAt, truth: learnt.truth },
      options: {
        ...{ from: start, until: end, every },
        changeMost: wholeNumberOption(options, "change-most", CHANGE) / 100,
      },
      progress: (share) => terminal.progress("plans", share),
    });
    return { found, leftOut: learnt.leftOut, days };
  } finally {
    fitters.close();
  }
}
