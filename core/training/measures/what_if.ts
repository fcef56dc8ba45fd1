/**
 * Encoded rows as they would be under another action, or with the values of one input
 * dealt anew: columns that stay as they are are shared, not copied.
 *
 * @module
 */
import type { RowDataset } from "../../domain/dataset.ts";
import { columnNames, type InputSchema } from "../../domain/encoding.ts";
import type { Columns } from "../fit.ts";

/** Where columns lie: plain ones, then actions, then plain ones for each action. */
interface Layout {
  readonly plain: number;
  readonly actions: number;
  readonly crossed: boolean;
}

function layoutOf(schema: InputSchema): Layout {
  return {
    plain: columnNames({ ...schema, actions: [] }).length,
    actions: schema.actions.length,
    crossed: schema.crossed,
  };
}

/** The rows, had all of them taken one action. */
export function underAction(
  schema: InputSchema,
  { columns, rows }: RowDataset,
  action: number,
): Columns {
  const layout = layoutOf(schema);
  const { plain, actions } = layout;
  const ones = new Float64Array(rows).fill(1);
  const zeros = new Float64Array(rows);
  const taken = Array.from(
    { length: actions },
    (_, place) => place === action ? ones : zeros,
  );
  const crosses = !layout.crossed
    ? []
    : taken.flatMap((indicator) =>
      columns.slice(0, plain).map((column) =>
        indicator === ones ? column : zeros
      )
    );
  return [...columns.slice(0, plain), ...taken, ...crosses];
}

/** The rows, the values of one input taken from other rows. */
export function withShuffled(
  schema: InputSchema,
  { columns }: RowDataset,
  { input, from }: {
    readonly input: number;
    /** Row that each row's value is taken from, shape [rows]. */
    readonly from: Uint32Array;
  },
): Columns {
  const { plain, actions, crossed } = layoutOf(schema);
  const moved = columnsOf(schema, input);
  const changed = [...columns];
  for (const place of moved) {
    const old = columns[place] ?? new Float64Array();
    const dealt = Float64Array.from(from, (row) => old[row] ?? NaN);
    changed[place] = dealt;
    for (let action = 0; crossed && action < actions; action++) {
      const taken = columns[plain + action] ?? new Float64Array();
      changed[plain + actions + action * plain + place] = dealt.map(
        (value, row) => taken[row] === 0 ? 0 : value,
      );
    }
  }
  return changed;
}

/** Places of all columns that one input is in, those under each action as well. */
export function placesOf(schema: InputSchema, input: number): number[] {
  const { plain, actions, crossed } = layoutOf(schema);
  const own = columnsOf(schema, input);
  const blocks = Array.from(
    { length: crossed ? actions : 0 },
    (_, action) => own.map((at) => plain + actions + action * plain + at),
  );
  return [...own, ...blocks.flat()];
}

/** Places of one input's plain columns. */
function columnsOf({ inputs, coded }: InputSchema, input: number): number[] {
  const widths = inputs.map(({ kind, vocabulary = [] }) =>
    kind === "number" || coded ? 1 : vocabulary.length
  );
  const first = widths.slice(0, input).reduce((sum, width) => sum + width, 0);
  return Array.from(
    { length: widths[input] ?? 0 },
    (_, place) => first + place,
  );
}
