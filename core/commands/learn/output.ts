/**
 * What `moe learn` leaves behind: a result on standard output, predictions beside
 * the file, and what the fit took.
 *
 * @module
 */
import { EngineError } from "../../domain/error.ts";
import { auc, logLoss, mean, rmse, rSquared } from "../../domain/measures.ts";
import { calibrationError, finiteOnly } from "../../domain/measures.ts";
import type { CommandScope } from "../command.ts";

/** What a learner's label is, and with it what measures its predictions. */
export type Likelihood = "chance" | "number" | "count";

/**
 * Prints what was learnt: under `--json` the result alone, as one line; otherwise
 * the lines.
 */
export function writeLearnt(
  { terminal }: Pick<CommandScope, "terminal">,
  { json }: { json: boolean },
  { result, lines }: {
    result: Readonly<Record<string, unknown>>;
    lines: readonly string[];
  },
): void {
  terminal.done();
  if (json) terminal.line(JSON.stringify(result));
  else lines.forEach(terminal.line);
}

/** What a fit gave and took. */
export interface MeasuredFit<T> {
  readonly result: T;
  readonly fitSeconds: number;
  /** Most memory that the process ever held, bytes. */
  readonly peakBytes: number;
}

/** Fits, and measures it by the clock and by the process's peak of memory. */
export async function measureFit<T>(
  work: () => T | Promise<T>,
): Promise<MeasuredFit<T>> {
  const start = performance.now();
  const result = await work();
  const fitSeconds = (performance.now() - start) / 1000;
  return { result, fitSeconds, peakBytes: await readPeakBytes() };
}

/** `VmHWM` where the system tells it, else what is held now. */
async function readPeakBytes(): Promise<number> {
  try {
    const status = await Deno.readTextFile("/proc/self/status");
    const kibibytes = Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]);
    if (kibibytes > 0) return 1024 * kibibytes;
  } catch (error) {
    if (!isUnreadable(error)) throw error;
  }
  return Deno.memoryUsage().rss;
}

function isUnreadable(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound ||
    error instanceof Deno.errors.NotCapable ||
    error instanceof Deno.errors.PermissionDenied;
}

/**
 * Measures predictions.
 *
 * @returns `auc`, `logloss`, `brier`, `calibration_error` of chances; `rmse`, `mae`
 * and `r2` of numbers; of counts also `deviance` (mean Poisson deviance). A measure
 * that cannot be taken is left out.
 */
export function measurePredictions(
  likelihood: Likelihood,
  label: Float64Array,
  predicted: Float64Array,
): Record<string, number> {
  const errors = label.map((truth, row) => truth - (predicted[row] ?? NaN));
  if (likelihood === "chance") {
    return finiteOnly({
      auc: auc(label, predicted),
      logloss: logLoss(label, predicted),
      brier: mean(errors.map((error) => error * error)),
      calibration_error: calibrationError(label, predicted),
    });
  }
  const deviance = likelihood === "count" ? poisson(label, predicted) : NaN;
  return finiteOnly({
    deviance,
    rmse: rmse(label, predicted),
    mae: mean(errors.map(Math.abs)),
    r2: rSquared(label, predicted),
  });
}

function poisson(label: Float64Array, predicted: Float64Array): number {
  return mean(label.map((count, row) => {
    const said = predicted[row] ?? NaN;
    const surprise = count > 0 ? count * Math.log(count / said) : 0;
    return 2 * (surprise - count + said);
  }));
}

/**
 * Writes predictions, one line for each row of the file they are for.
 *
 * @param columns Columns by heading, all of the same length; text goes as it is.
 * @param place The file they are for, and where else to write if wanted.
 * @returns Where they were written: `out`, or `<file>.predictions.csv`.
 * @throws {EngineError} `file_unreadable` if it may not be written there.
 */
export async function writePredictions(
  columns: Readonly<Record<string, ArrayLike<number | string>>>,
  { file, out }: { file: string; out?: string | undefined },
): Promise<string> {
  const path = out ?? `${file}.predictions.csv`;
  try {
    await Deno.writeTextFile(path, ReadableStream.from(printRows(columns)));
  } catch (cause) {
    throw new EngineError(
      "file_unreadable",
      `Cannot write predictions to "${path}": give another place with --out`,
      { cause },
    );
  }
  return path;
}

const CHUNK_ROWS = 4096;

function* printRows(
  columns: Readonly<Record<string, ArrayLike<number | string>>>,
) {
  const all = Object.values(columns);
  yield `${Object.keys(columns).join()}\n`;
  const rows = all[0]?.length ?? 0;
  for (let from = 0; from < rows; from += CHUNK_ROWS) {
    const until = Math.min(rows, from + CHUNK_ROWS);
    let text = "";
    for (let row = from; row < until; row++) {
      text += `${all.map((column) => column[row]).join()}\n`;
    }
    yield text;
  }
}
