/**
 * Rows in bins, and the memory that trees grow in.
 *
 * @module
 */
import type { RowDataset } from "@moe/plugin";
import { binCodes, chooseCodes, chooseCuts } from "./bins.ts";
import { callCrew, type Crew } from "./crew.ts";
import {
  JOB_BIN,
  JOB_SORT,
  LIMIT_BINS,
  LIMIT_CODED,
  LIMIT_MONOTONE,
} from "./kernels/frame.ts";
import { type Layout, planLayout, SLOTS } from "./layout.ts";
import type { BoostingRows } from "./options.ts";
import type { Settings } from "./settings.ts";

/** Memory, where everything lies in it, and the threads that work on it. */
export interface Field {
  readonly layout: Layout;
  readonly crew: Crew;
  readonly rows: number;
  readonly validationRows: number;
  /** Cuts of each column, or its codes. */
  readonly cuts: readonly Float32Array[];
  /** Whether each column holds codes. */
  readonly coded: readonly boolean[];
  /** Any array of the memory. */
  readonly view: View;
}

/** Views of arrays by place and length. */
export interface View {
  bytes(place: number, length: number): Uint8Array;
  words(place: number, length: number): Uint32Array;
  floats(place: number, length: number): Float32Array;
  numbers(place: number, length: number): Float64Array;
  longs(place: number, length: number): BigInt64Array;
  readonly data: DataView;
}

const PAGE_BYTES = 65536;

/**
 * Lays out memory and puts the rows into bins.
 *
 * @param dataset Rows to learn from.
 * @param validation Rows to stop early on, or null.
 * @param settings How to boost.
 * @returns The field; whoever asked for it ends its crew.
 */
export function prepareField(
  dataset: BoostingRows,
  validation: BoostingRows | null,
  settings: Settings,
): Field {
  const rows = dataset.label.length;
  const validationRows = validation?.label.length ?? 0;
  const columns = dataset.columns.length;
  const layout = planLayout({
    ...settings,
    rows,
    validationRows,
    columns,
    weighted: dataset.weight !== undefined,
  });
  const pages = Math.ceil(layout.bytes / PAGE_BYTES);
  const memory = new WebAssembly.Memory({
    initial: pages,
    maximum: pages,
    shared: true,
  });
  const crew = callCrew(memory, layout.scratches);
  const view = viewsOf(memory.buffer);
  const coded = dataset.columns.map((_, at) =>
    dataset.coded?.includes(at) ?? false
  );
  const unbinned = { layout, crew, rows, validationRows, coded, view };
  const cuts = binDataset(unbinned, dataset, settings.maxBins);
  const field = { ...unbinned, cuts };
  if (validation) binValidation(field, validation);
  view.numbers(layout.labels, rows).set(dataset.label);
  if (dataset.weight) view.numbers(layout.weights, rows).set(dataset.weight);
  describeColumns(field, settings.monotone);
  return field;
}

/** Tells the kernels of the columns. */
function describeColumns(
  { layout, view, cuts, coded }: Field,
  monotone: readonly number[],
): void {
  const bins = view.words(layout.columnBins, cuts.length);
  cuts.forEach((some, at) => bins[at] = some.length);
  view.bytes(layout.coded, coded.length).set(coded.map(Number));
  view.bytes(layout.monotone, cuts.length).set(monotone);
  view.data.setUint32(LIMIT_BINS, layout.columnBins, true);
  view.data.setUint32(LIMIT_CODED, layout.coded, true);
  view.data.setUint32(LIMIT_MONOTONE, layout.monotone, true);
}

type Unbinned = Omit<Field, "cuts">;

function binDataset(
  field: Unbinned,
  { columns }: Pick<RowDataset, "columns">,
  maxBins: number,
): Float32Array[] {
  const { layout, coded, rows, view } = field;
  const cuts = columns.map((column, at) =>
    coded[at] ? chooseCodes(column, maxBins) : new Float32Array()
  );
  for (const batch of batches(columns.length)) {
    sortBatch(field, batch.map((at) => columns[at] as Float64Array));
    batch.forEach((at, slot) => {
      if (coded[at]) return;
      const sorted = view.floats(layout.slots + 8 * rows * slot, rows);
      cuts[at] = chooseCuts(sorted, maxBins);
    });
    binBatch(field, { batch, columns, cuts, rows, bins: layout.bins });
  }
  return cuts;
}

function binValidation(field: Field, { columns }: BoostingRows): void {
  const { layout, cuts, validationRows: rows } = field;
  for (const batch of batches(columns.length)) {
    const bins = layout.validationBins;
    binBatch(field, { batch, columns, cuts, rows, bins });
  }
}

function* batches(columns: number): Generator<number[]> {
  for (let from = 0; from < columns; from += SLOTS) {
    const length = Math.min(SLOTS, columns - from);
    yield Array.from({ length }, (_, slot) => from + slot);
  }
}

function sortBatch(
  { layout, crew, rows, view }: Unbinned,
  columns: readonly Float64Array[],
): void {
  columns.forEach((column, slot) =>
    view.floats(layout.slots + 8 * rows * slot, rows).set(column)
  );
  crew.run(JOB_SORT, [layout.slots, rows], columns.length);
}

/** Puts neighbouring columns into bins; those of codes afterwards, over what was said of them. */
function binBatch(
  { layout, crew, coded, view }: Unbinned,
  { batch, columns, cuts, rows, bins }: {
    batch: readonly number[];
    columns: readonly Float64Array[];
    cuts: readonly Float32Array[];
    rows: number;
    bins: number;
  },
): void {
  batch.forEach((at, slot) => {
    const column = columns[at] as Float64Array;
    view.floats(layout.slots + 4 * rows * slot, rows).set(column);
    const places = view.floats(layout.cuts + 1024 * slot, 256).fill(Infinity);
    places.set(cuts[at] as Float32Array);
  });
  const first = bins + (batch[0] ?? 0) * rows;
  const places = [layout.slots, rows, layout.cuts, first];
  crew.run(JOB_BIN, places, batch.length);
  for (const at of batch.filter((at) => coded[at])) {
    const out = view.bytes(bins + at * rows, rows);
    binCodes(columns[at] as Float64Array, cuts[at] as Float32Array, out);
  }
}

function viewsOf(buffer: ArrayBufferLike): View {
  return {
    bytes: (place, length) => new Uint8Array(buffer, place, length),
    words: (place, length) => new Uint32Array(buffer, place, length),
    floats: (place, length) => new Float32Array(buffer, place, length),
    numbers: (place, length) => new Float64Array(buffer, place, length),
    longs: (place, length) => new BigInt64Array(buffer, place, length),
    data: new DataView(buffer),
  };
}
