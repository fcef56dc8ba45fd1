/**
 * The heavy part of training, cut out so that it can run anywhere: everything that
 * goes in and comes out can cross to another thread. The same job gives the same
 * bytes wherever it runs.
 *
 * @module
 */
import type { RowDataset, SeriesDataset } from "../domain/dataset.ts";
import type { MixEvidence } from "../domain/evidence.ts";
import { seededRandom } from "../domain/random.ts";
import type { FittedCurve } from "../domain/score.ts";
import type {
  ModelFamily,
  Report,
  RowFamily,
  SeriesFamily,
} from "../../plugins/contract.ts";
import { scoreOnnx } from "./score_onnx.ts";

/** What a family needs to fit. */
interface FamilyJob {
  /** Name of the family. */
  readonly family: string;
  /** As a person wrote them; the family parses them. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly seed: number;
}

/** Columns of rows that are to be scored, shape [columns][rows]. */
export type Columns = readonly Float64Array[];

/** Rows to learn from, and others to predict. */
export interface RowsJob extends FamilyJob {
  readonly kind: "rows";
  readonly dataset: RowDataset;
  readonly validation: RowDataset | null;
  /** Sets of rows to predict. */
  readonly predict: readonly Columns[];
}

/** A model of rows, and what its trainer predicts. */
export interface RowsFit {
  readonly onnx: Uint8Array;
  /** Shape [sets][rows]. */
  readonly predicted: readonly Float64Array[];
}

/** Series to learn from, and others to predict. */
export interface SeriesJob extends FamilyJob {
  readonly kind: "series";
  /** One, unless the family learns several outcomes at once. */
  readonly datasets: readonly SeriesDataset[];
  /** As many as it learns from. */
  readonly predict: readonly SeriesDataset[];
}

/** Curves, and the outcomes that they say. */
export interface SeriesFit {
  readonly curves: readonly FittedCurve[];
  readonly mix: MixEvidence | null;
  /** Shape [datasets][periods]. */
  readonly predicted: readonly Float64Array[];
}

/** Rows to be scored by a model's bytes. */
export interface ScoreJob {
  readonly kind: "score";
  readonly onnx: Uint8Array;
  readonly sets: readonly Columns[];
}

/** A job by its kind. */
export interface FitJobs {
  readonly rows: RowsJob;
  readonly series: SeriesJob;
  readonly score: ScoreJob;
}

/** What comes of a job by its kind. */
export interface FitAnswers {
  readonly rows: RowsFit;
  readonly series: SeriesFit;
  /** Shape [sets][rows]. */
  readonly score: readonly Float64Array[];
}

/** Any job. */
export type FitJob = FitJobs[keyof FitJobs];

/** Does such jobs, here or elsewhere. */
export interface Fitter {
  /** How many jobs it works on at a time. */
  readonly lanes: number;
  /**
   * Does a job.
   *
   * @throws What the family throws; `FitterClosed` if it is closed before the end,
   * `WorkerLost` if what does the job fails or falls silent.
   */
  run<K extends keyof FitJobs>(
    job: FitJobs[K] & { readonly kind: K },
    report: Report,
  ): Promise<FitAnswers[K]>;
  close(): void;
}

/** A job was not done because the fitter was closed: nothing is said of the job. */
export class FitterClosed extends Error {
  /** Says so. */
  constructor() {
    super("Cannot fit: the fitter is closed");
    this.name = "FitterClosed";
  }
}

/** A thread that fitted was lost: nothing is said of the job. */
export class WorkerLost extends Error {
  /** Says why. */
  constructor(reason: string) {
    super(`Cannot go on fitting: ${reason}`);
    this.name = "WorkerLost";
  }
}

/** Does jobs in this thread, which is busy meanwhile. */
export function createFitter(families: readonly ModelFamily[]): Fitter {
  return {
    lanes: 1,
    run: async <K extends keyof FitJobs>(job: FitJobs[K], report: Report) =>
      await runJob(families, job, report) as FitAnswers[K],
    close: () => {},
  };
}

/** Does a job in this thread. */
export async function runJob(
  families: readonly ModelFamily[],
  job: FitJob,
  report: Report,
): Promise<FitAnswers[keyof FitAnswers]> {
  if (job.kind === "score") return await scoreOnnx(job.onnx, job.sets);
  const family = families.find(({ name }) => name === job.family);
  if (family?.grain === "rows" && job.kind === "rows") {
    return await fitRows(family, job, report);
  }
  if (family?.grain === "series" && job.kind === "series") {
    return await fitSeries(family, job, report);
  }
  throw new TypeError(
    `Cannot fit "${job.family}": no such family for ${job.kind}`,
  );
}

async function fitRows(
  family: RowFamily,
  { dataset, validation, params, seed, predict }: RowsJob,
  report: Report,
): Promise<RowsFit> {
  const fitted = await family.fit({
    dataset,
    validation,
    params: family.params.parse(params),
    random: seededRandom(seed),
    report,
  });
  return {
    onnx: fitted.onnx,
    predicted: predict.map((columns) => fitted.predict(columns)),
  };
}

async function fitSeries(
  family: SeriesFamily,
  { datasets, params, seed, predict }: SeriesJob,
  report: Report,
): Promise<SeriesFit> {
  const [dataset] = datasets;
  if (dataset === undefined) throw new TypeError("Cannot fit no series");
  const lent = {
    validation: null,
    params: family.params.parse(params),
    random: seededRandom(seed),
    report,
  };
  if (datasets.length > 1 && family.fitPanel) {
    const { curves, mix, predict: say } = await family.fitPanel({
      ...lent,
      dataset: datasets,
    });
    return { curves, mix: mix ?? null, predicted: say(predict) };
  }
  const fitted = await family.fit({ ...lent, dataset });
  return {
    curves: fitted.curves,
    mix: fitted.mix ?? null,
    predicted: predict.map((other) => fitted.predict(other)),
  };
}
