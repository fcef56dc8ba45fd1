/**
 * Tries a model that was brought on sample rows: it must behave as those trained here
 * do, and score as its trainer says.
 *
 * @module
 */
import {
  columnNames,
  encode,
  type EncodingRow,
  type InputSchema,
} from "../../domain/encoding.ts";
import { type Runtime, startRuntime } from "../runtime.ts";
import type { ForeignModel } from "./declaration.ts";
import { foreignRefused } from "./refusal.ts";
import type { Sample } from "./sample.ts";

/** How far the same row's scores may be from one another. */
const SAME = 1e-6;
/** Rows that are scored one by one. */
const ALONE = 100;

/** What was found. */
export interface Conformance {
  readonly rows: number;
  /** Rows whose score was given with the sample. */
  readonly compared: number;
  /** Farthest from a score that was given; 0 if none was. */
  readonly worstGap: number;
}

type Score = (rows: readonly EncodingRow[]) => Promise<Float64Array>;

/**
 * Loads a model and tries it.
 *
 * @throws {EngineError} `model_invalid`; `facts.check` says which of `ports`, `runs`,
 * `finite`, `range`, `deterministic`, `batch`, `order`, `missing` and `expected`.
 */
export async function conformOnnx(
  onnx: Uint8Array,
  { schema, output, tolerance }: ForeignModel,
  sample: Sample,
): Promise<Conformance> {
  const runtime = await loaded(onnx, schema.ports);
  try {
    const score = scoreBy(runtime, schema);
    const scores = await score(sample.rows);
    checkRange(scores, output);
    await checkSame(score, sample.rows, scores);
    await checkMissing(score, sample.rows, schema);
    return compare(scores, sample, tolerance);
  } finally {
    await runtime.release();
  }
}

async function loaded(
  onnx: Uint8Array,
  ports: ForeignModel["schema"]["ports"],
): Promise<Runtime> {
  try {
    return await startRuntime(onnx, ports);
  } catch (cause) {
    if (cause instanceof TypeError) {
      throw foreignRefused("ports", afterColon(cause), cause);
    }
    throw foreignRefused("runs", "the runtime does not load it", cause);
  }
}

function scoreBy(runtime: Runtime, schema: InputSchema): Score {
  const width = columnNames(schema).length;
  return async (rows) => {
    const data = new Float32Array(rows.length * width);
    rows.forEach((row, place) => {
      encode(schema, row, data.subarray(place * width, (place + 1) * width));
    });
    try {
      return await runtime.run({ data, rows: rows.length });
    } catch (cause) {
      const reason = cause instanceof TypeError
        ? afterColon(cause)
        : "the runtime does not run it on the sample; see the ports' names and types";
      throw foreignRefused("runs", reason, cause);
    }
  };
}

function afterColon({ message }: Error): string {
  return message.slice(message.indexOf(": ") + 2);
}

function checkRange(
  scores: Float64Array,
  { min, max }: ForeignModel["output"],
): void {
  const wild = scores.findIndex((score) => !Number.isFinite(score));
  if (wild >= 0) {
    throw foreignRefused("finite", `row ${wild + 1} scores ${scores[wild]}`);
  }
  const outside = scores.findIndex((score) =>
    score < (min ?? -Infinity) || score > (max ?? Infinity)
  );
  if (outside >= 0) {
    throw foreignRefused(
      "range",
      `row ${outside + 1} scores ${scores[outside]}, outside ${
        min ?? "-∞"
      } to ${max ?? "∞"}`,
    );
  }
}

/** Again, backwards and one by one, rows must score as they did. */
async function checkSame(
  score: Score,
  rows: readonly EncodingRow[],
  scores: Float64Array,
): Promise<void> {
  const again = await score(rows);
  if (scores.some((said, place) => !Object.is(said, again[place]))) {
    throw foreignRefused("deterministic", "scores differ when asked again");
  }
  const backwards = (await score(rows.toReversed())).toReversed();
  refuseGap("order", "with the order of the rows", {
    scores,
    again: backwards,
  });
  const alone = new Float64Array(Math.min(rows.length, ALONE));
  for (const [place, row] of rows.slice(0, ALONE).entries()) {
    alone[place] = (await score([row]))[0] ?? NaN;
  }
  refuseGap("batch", "alone and among others", { scores, again: alone });
}

function refuseGap(
  check: "order" | "batch",
  how: string,
  { scores, again }: { scores: Float64Array; again: Float64Array },
): void {
  const place = again.findIndex((said, at) => gap(said, scores[at]) > SAME);
  if (place < 0) return;
  throw foreignRefused(
    check,
    `row ${place + 1} scores differently ${how}: ${again[place]} and ${
      scores[place]
    }`,
  );
}

/** Each input can be missing where the model serves. */
async function checkMissing(
  score: Score,
  rows: readonly EncodingRow[],
  { inputs }: InputSchema,
): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  for (const [index, { name, fill }] of inputs.entries()) {
    const values = first.values.with(index, null);
    const said = await score([{ ...first, values }]).catch((cause) => {
      throw missingRefused(name, fill, cause);
    });
    if (!Number.isFinite(said[0])) throw missingRefused(name, fill);
  }
}

function missingRefused(name: string, fill: number | null, cause?: unknown) {
  return foreignRefused(
    "missing",
    `it has no score where "${name}" is missing${
      fill === null ? "; declare a fill, or a model that takes NaN" : ""
    }`,
    cause,
  );
}

function compare(
  scores: Float64Array,
  { rows, expected }: Sample,
  tolerance: number,
): Conformance {
  let compared = 0;
  let worstGap = 0;
  expected.forEach((wanted, place) => {
    if (wanted === null) return;
    compared++;
    const far = gap(scores[place] ?? NaN, wanted);
    if (!(far <= tolerance)) {
      throw foreignRefused(
        "expected",
        `row ${place + 1} scores ${scores[place]}, and ${wanted} was expected`,
      );
    }
    worstGap = Math.max(worstGap, far);
  });
  return { rows: rows.length, compared, worstGap };
}

/** Absolute up to 1, relative above. */
function gap(one: number, other = NaN): number {
  return Math.abs(one - other) /
    Math.max(1, Math.abs(one), Math.abs(other));
}
