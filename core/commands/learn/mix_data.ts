/**
 * Reads what a media mix is learnt from: the specification, or a guess at one, and
 * the columns that it names.
 *
 * @module
 */
import { parse } from "csv-parse/sync";
import { EngineError } from "../../domain/error.ts";
import { inferMixSpec } from "../../../models/learners/mix/infer_spec.ts";
import {
  arrangePanel,
  type MixPanel,
} from "../../../models/learners/mix/panel.ts";
import {
  type MixSpec,
  parseMixSpec,
} from "../../../models/learners/mix/spec.ts";
import { listColumns } from "../../../models/learners/mix/spec_columns.ts";
import { readTable, type Table } from "./table.ts";

/** What a media mix is learnt from. */
export interface MixInput {
  readonly spec: MixSpec;
  /** The specification as it was written, or guessed. */
  readonly stated: unknown;
  /** Columns that a guess has no use for; null if nothing was guessed. */
  readonly ignored: readonly string[] | null;
  readonly panel: MixPanel;
}

const HEAD_BYTES = 262_144;

/**
 * Reads specification and table.
 *
 * @param csv The table.
 * @param specPath JSON; null to guess.
 * @param changes Members that options set, over those of the specification.
 * @throws {EngineError} `file_unreadable`, `request_invalid` or `dataset_invalid`,
 * saying what would help.
 */
export async function readMixInput(
  csv: string,
  specPath: string | null,
  changes: Readonly<Record<string, unknown>>,
): Promise<MixInput> {
  const [header, first] = await readHead(csv);
  const guess = specPath === null ? inferMixSpec(header, first) : null;
  const stated = guess?.spec ?? await readJson(specPath as string);
  const spec = parseMixSpec(
    typeof stated === "object" && stated !== null
      ? { ...stated, ...changes }
      : stated,
  );
  const { text, numbers } = listColumns(spec, header);
  const used = new Set([...text, ...numbers]);
  const table = await readTable(csv, {
    categorical: text,
    drop: header.filter((name) => !used.has(name)),
  });
  const panel = arrangePanel(spec, {
    days: readWords(table, spec.date, csv),
    geos: spec.geo === undefined ? null : readWords(table, spec.geo, csv),
    columns: Object.fromEntries(
      numbers.map((name) => [
        name,
        table.columns[table.names.indexOf(name)] as Float64Array,
      ]),
    ),
  });
  return { spec, stated, ignored: guess?.ignored ?? null, panel };
}

/** Header and first row. */
async function readHead(path: string): Promise<[string[], string[]]> {
  try {
    using file = await Deno.open(path);
    const bytes = new Uint8Array(HEAD_BYTES);
    const read = await file.read(bytes) ?? 0;
    const rows: string[][] = parse(bytes.subarray(0, read), {
      bom: true,
      to: 2,
      relax_column_count: true,
      skip_empty_lines: true,
      record_delimiter: ["\r\n", "\n"],
    });
    return [rows[0] ?? [], rows[1] ?? []];
  } catch (cause) {
    throw new EngineError(
      "file_unreadable",
      `Cannot read "${path}": give a CSV file with a header`,
      { cause },
    );
  }
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await Deno.readTextFile(path));
  } catch (cause) {
    throw new EngineError(
      "file_unreadable",
      `Cannot read specification "${path}": give a file of JSON`,
      { cause },
    );
  }
}

function readWords(table: Table, name: string, path: string): string[] {
  const column = table.names.indexOf(name);
  const words = table.words[table.coded.indexOf(column)] ?? [];
  return Array.from(table.columns[column] as Float64Array, (code, row) => {
    const word = words[code];
    if (word !== undefined) return word;
    throw new EngineError(
      "dataset_invalid",
      `Cannot read column "${name}" of "${path}": row ${row + 1} is empty`,
    );
  });
}
