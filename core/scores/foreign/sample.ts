/**
 * Rows on which a model that was brought is tried, with the scores that its trainer
 * gave them.
 *
 * @module
 */
import { z } from "zod";
import type { EncodingRow, InputSchema } from "../../domain/encoding.ts";
import type { FeatureValue } from "../../domain/feature.ts";
import { foreignRefused } from "./refusal.ts";

/** Rows at most. */
const MOST_ROWS = 10_000;

/** Rows, and the score that is expected of each, or null where none was given. */
export interface Sample {
  readonly rows: readonly EncodingRow[];
  readonly expected: readonly (number | null)[];
}

const row = z.record(
  z.string(),
  z.union([z.string(), z.number(), z.boolean(), z.null()]),
);

const ACTION = "action";
const EXPECTED = "expected";

/**
 * Reads sample rows.
 *
 * @param given A list of records: inputs by name, `action`, and `expected`, the score.
 * From a table all are texts.
 * @throws {EngineError} `model_invalid`, naming the row and what is wrong.
 */
export function parseSample(given: unknown, schema: InputSchema): Sample {
  const parsed = z.array(row).min(2).max(MOST_ROWS).safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw foreignRefused(
      "sample",
      `${issue?.path.join(".") || "rows"}: ${issue?.message ?? "wrong"}`,
    );
  }
  const known = new Set([
    ...schema.inputs.map(({ name }) => name),
    ...schema.actions.length > 0 ? [ACTION] : [],
    EXPECTED,
  ]);
  for (const [place, record] of parsed.data.entries()) {
    const name = Object.keys(record).find((one) => !known.has(one));
    if (name !== undefined) {
      throw foreignRefused("sample", `row ${place + 1} has "${name}"`);
    }
  }
  return {
    rows: parsed.data.map((record, place) => toRow(record, schema, place + 1)),
    expected: parsed.data.map((record, place) =>
      toNumber(record[EXPECTED] ?? null, `row ${place + 1}, ${EXPECTED}`)
    ),
  };
}

function toRow(
  record: z.output<typeof row>,
  schema: InputSchema,
  place: number,
): EncodingRow {
  const values = schema.inputs.map(({ name, kind }): FeatureValue => {
    const value = record[name] ?? null;
    if (value === "" || value === null) return null;
    return kind === "number"
      ? toNumber(value, `row ${place}, ${name}`)
      : String(value);
  });
  if (schema.actions.length === 0) return { values, action: null };
  const action = String(record[ACTION] ?? "");
  if (schema.actions.includes(action)) return { values, action };
  throw foreignRefused(
    "sample",
    `row ${place}, ${ACTION}: "${action}" is none of the model's`,
  );
}

function toNumber(
  value: string | number | boolean | null,
  where: string,
): number | null {
  if (value === null || value === "") return null;
  const number = typeof value === "boolean" ? NaN : Number(value);
  if (Number.isFinite(number)) return number;
  throw foreignRefused("sample", `${where}: "${value}" is no number`);
}
