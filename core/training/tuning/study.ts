/**
 * Tuning: parameters are tried on the rows that validate, one half of the entities to
 * stop on and the other to judge by, several at a time, each trial kept as soon as it is
 * done. The same study, asked for again, goes on where it
 * stopped; its result is the same however many trials run at a time.
 *
 * @module
 */
import type { Report, RowFamily } from "../../../plugins/contract.ts";
import { digest } from "../../domain/canonical.ts";
import type { RowDataset } from "../../domain/dataset.ts";
import { EngineError } from "../../domain/error.ts";
import type { TrialRecord } from "../../domain/evidence.ts";
import { logLoss, rmse } from "../../domain/measures.ts";
import type { TrialStore } from "../../ports/models.ts";
import { type Fitter, FitterClosed, WorkerLost } from "../fit.ts";
import { unfit } from "../refusal.ts";
import type { RowsSpec, TuneSpec } from "../spec.ts";
import { shuffled, takeRows } from "../take_rows.ts";
import { planRungs } from "./halving.ts";
import { type PlannedTrial, ranked, type Search } from "./search.ts";
import type { Params, Space } from "./space.ts";
import { planSuggestions } from "./tpe.ts";

/** What tuning stands on. */
export interface TuneScope {
  readonly tenant: string;
  readonly trials: TrialStore;
  readonly fitter: Fitter;
  /** Version of the engine's code and of the family's. */
  readonly code: string;
  readonly report: Report;
}

/** Rows to learn from and to judge by. */
export interface TuneParts {
  readonly train: RowDataset;
  /** What families stop early on, and calibrate on. */
  readonly validation: RowDataset;
  /** What trials are chosen on; no fit of theirs is given it. */
  readonly judged: RowDataset;
  /** Hash of the whole dataset. */
  readonly datasetHash: string;
}

/** The best parameters, and all that were tried. */
export interface Tuned {
  readonly params: Params;
  readonly trials: readonly TrialRecord[];
}

/**
 * Seeks parameters.
 *
 * @throws {EngineError} `request_invalid` if there is nothing to choose from,
 * `dataset_invalid` if nothing validates, or nothing could be fitted.
 */
export async function tuneParams(
  family: RowFamily,
  spec: RowsSpec & { readonly tune: TuneSpec },
  { parts, scope }: { readonly parts: TuneParts; readonly scope: TuneScope },
): Promise<Tuned> {
  if (parts.validation.rows === 0 || parts.judged.rows === 0) {
    throw unfit(
      spec.model,
      "tuning needs rows that validate; raise split.validationShare",
    );
  }
  const { method, seed, trials } = spec.tune;
  const plan = method === "halving" ? planRungs : planSuggestions;
  const search = plan({
    space: spaceOf(family, spec),
    given: spec.params,
    ...{ seed, trials },
    rows: parts.train.rows,
  });
  const study = studyOf(spec, parts, scope);
  const tried = await runRounds(search, {
    ...{ study, scope },
    tryOne: openTrials(family, spec, { parts, fitter: scope.fitter }),
  });
  const [best] = ranked(tried.filter(({ effort }) => effort === 1));
  if (best !== undefined) return { params: best.params, trials: tried };
  throw unfit(
    spec.model,
    `family "${family.name}" could be fitted with none of the parameters tried; correct params or tune.params`,
  );
}

function spaceOf(
  { name, tunable }: RowFamily,
  { model, tune }: RowsSpec,
): Space {
  const space = tune?.params ?? tunable ?? {};
  if (Object.keys(space).length > 0) return space as Space;
  throw new EngineError(
    "request_invalid",
    `Cannot tune model "${model}": family "${name}" names nothing to tune; give tune.params`,
  );
}

/** What makes two studies the same; the moment of asking does not. */
function studyOf(
  spec: RowsSpec,
  { datasetHash }: TuneParts,
  { code }: TuneScope,
): string {
  return digest([{ ...spec, asOf: null }, datasetHash, code]);
}

async function runRounds(
  search: Search,
  { study, scope, tryOne }: {
    readonly study: string;
    readonly scope: TuneScope;
    readonly tryOne: (trial: PlannedTrial) => Promise<number | null>;
  },
): Promise<TrialRecord[]> {
  const { tenant, trials, fitter, report } = scope;
  const known = new Map(
    (await trials.list(tenant, study)).map((trial) => [trial.number, trial]),
  );
  const tried: TrialRecord[] = [];
  for (;;) {
    const round = search.next(tried);
    if (round.length === 0) return tried;
    const open = round.filter(({ number }) => !known.has(number));
    let left = open.length;
    const tell = () => {
      const [best] = ranked([...known.values()].filter(isFull));
      const said = best ? `, best loss ${best.loss.toPrecision(5)}` : "";
      const done = tried.length + round.length - left;
      report(`tuning${said}`, done / search.total);
    };
    tell();
    await inLanes(open, fitter.lanes, async (trial) => {
      const record = { ...trial, loss: await tryOne(trial) };
      await trials.add(tenant, study, record);
      known.set(record.number, record);
      left -= 1;
      tell();
    });
    for (const trial of round) {
      tried.push({ ...trial, loss: known.get(trial.number)?.loss ?? null });
    }
  }
}

function isFull({ effort }: TrialRecord): boolean {
  return effort === 1;
}

/** Runs trials, so many at a time; after a failure none begins. */
async function inLanes<T>(
  items: readonly T[],
  lanes: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = [...items];
  async function lane() {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
      await work(item).catch((error) => {
        queue.length = 0;
        throw error;
      });
    }
  }
  const ended = await Promise.allSettled(
    Array.from({ length: Math.max(1, lanes) }, lane),
  );
  const failed = ended.find(({ status }) => status === "rejected");
  if (failed?.status === "rejected") throw failed.reason;
}

/** Fits and judges one trial; what a family refuses has no loss. */
function openTrials(
  family: RowFamily,
  { seed, label: { measure } }: RowsSpec,
  { parts: { train, validation, judged }, fitter }: {
    readonly parts: TuneParts;
    readonly fitter: Fitter;
  },
): (trial: PlannedTrial) => Promise<number | null> {
  const order = shuffled(train.rows, seed);
  const partOf = remember((effort: number) =>
    effort === 1 ? train : takeRows(
      train,
      order.slice(0, Math.ceil(effort * train.rows)).sort(),
    )
  );
  return async ({ params, effort }) => {
    const fitted = await fitter.run({
      kind: "rows",
      family: family.name,
      ...{ params, seed, validation },
      dataset: partOf(effort),
      predict: [judged.columns],
    }, () => {}).catch((error) => {
      if (isOfFitter(error)) throw error;
      return null;
    });
    const said = fitted?.predicted[0];
    if (said === undefined) return null;
    const loss = measure === "occurs"
      ? logLoss(judged.label, said)
      : rmse(judged.label, said);
    return Number.isFinite(loss) ? loss : null;
  };
}

/** Whether the fit was not done, so that nothing is said of its parameters. */
function isOfFitter(error: unknown): boolean {
  return error instanceof FitterClosed || error instanceof WorkerLost;
}

function remember<K, V>(make: (key: K) => V): (key: K) => V {
  const made = new Map<K, V>();
  return (key) => {
    const value = made.get(key) ?? make(key);
    made.set(key, value);
    return value;
  };
}
