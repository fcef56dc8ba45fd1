/**
 * Whole tables with bounds on cells, rows, columns, groups of rows in a column, and the
 * sum, as a flow: if
 * fractions admit one, whole numbers do (Hoffman's circulation theorem).
 *
 * @see Dinic (1970), Algorithm for solution of a problem of maximum flow
 * @see Cox (1987), A Constructive Procedure for Unbiased Controlled Rounding
 * @module
 */

/** Bounds of a table of safe integers. */
export interface TableBounds {
  readonly rows: number;
  readonly columns: number;
  /** Least and most of each cell, shape [rows × columns]. */
  readonly cellLo: Float64Array;
  readonly cellHi: Float64Array;
  /** Of each row, each column, and the sum of all. */
  readonly rowBounds: readonly (readonly [number, number])[];
  readonly columnBounds: readonly (readonly [number, number])[];
  readonly sum: readonly [number, number];
  /** Group of each row, −1 for none; and each group's bounds in each column, shape [groups × columns]. */
  readonly groupOf?: Int32Array;
  readonly groupBounds?: readonly (readonly [number, number])[];
}

/** Arcs in pairs: arc and its reverse differ in the last bit. */
interface Network {
  readonly head: number[];
  readonly room: number[];
  readonly from: number[][];
  readonly excess: Float64Array;
}

/**
 * Fills a table.
 *
 * @param bounds Whole numbers.
 * @returns Cells within all bounds, shape [rows × columns], or null if there are none.
 */
export function fillTable(bounds: TableBounds): Float64Array | null {
  const { rows, columns, cellLo, cellHi, groupOf, groupBounds = [] } = bounds;
  const [source, sink] = [rows + columns, rows + columns + 1];
  const shared = sink + 1;
  const [start, end] = [
    shared + groupBounds.length,
    shared + groupBounds.length + 1,
  ];
  const network: Network = {
    head: [],
    room: [],
    from: Array.from({ length: end + 1 }, () => []),
    excess: new Float64Array(end + 1),
  };
  for (let cell = 0; cell < rows * columns; cell++) {
    const [row, column] = [Math.floor(cell / columns), cell % columns];
    const group = groupOf?.[row] ?? -1;
    const to = group < 0 ? rows + column : shared + group * columns + column;
    join(network, [row, to], [
      cellLo[cell] as number,
      cellHi[cell] as number,
    ]);
  }
  groupBounds.forEach((range, at) =>
    join(network, [shared + at, rows + at % columns], range)
  );
  bounds.rowBounds.forEach((range, row) => join(network, [source, row], range));
  bounds.columnBounds.forEach((range, column) =>
    join(network, [rows + column, sink], range)
  );
  join(network, [sink, source], bounds.sum);
  if (network.room.some((room) => room < 0)) return null;
  let owed = 0;
  network.excess.forEach((excess, node) => {
    if (excess > 0) {
      join(network, [start, node], [0, excess]);
      owed += excess;
    } else if (excess < 0) join(network, [node, end], [0, -excess]);
  });
  if (pushAll(network, start, end) !== owed) return null;
  return cellLo.map((lo, cell) => lo + (network.room[2 * cell + 1] as number));
}

function join(
  { head, room, from, excess }: Network,
  [tail, to]: readonly [number, number],
  [lo, hi]: readonly [number, number],
): void {
  from[tail]?.push(head.length);
  head.push(to);
  room.push(hi - lo);
  from[to]?.push(head.length);
  head.push(tail);
  room.push(0);
  excess[to] = (excess[to] as number) + lo;
  excess[tail] = (excess[tail] as number) - lo;
}

/** The largest flow from start to end. */
function pushAll(network: Network, start: number, end: number): number {
  let total = 0;
  for (;;) {
    const level = rank(network, start);
    if ((level[end] as number) < 0) return total;
    const next = new Int32Array(network.from.length);
    for (;;) {
      const pushed = push({ network, level, next, end }, start, Infinity);
      if (pushed === 0) break;
      total += pushed;
    }
  }
}

/** Distance of each node from the start along arcs with room, or −1. */
function rank({ head, room, from }: Network, start: number): Int32Array {
  const level = new Int32Array(from.length).fill(-1);
  level[start] = 0;
  const queue = [start];
  for (const node of queue) {
    for (const arc of from[node] as number[]) {
      const to = head[arc] as number;
      if ((room[arc] as number) <= 0 || (level[to] as number) >= 0) continue;
      level[to] = (level[node] as number) + 1;
      queue.push(to);
    }
  }
  return level;
}

interface Layers {
  readonly network: Network;
  readonly level: Int32Array;
  readonly next: Int32Array;
  readonly end: number;
}

function push(layers: Layers, node: number, most: number): number {
  const { network: { head, room, from }, level, next, end } = layers;
  if (node === end) return most;
  const arcs = from[node] as number[];
  for (
    ;
    (next[node] as number) < arcs.length;
    next[node] = (next[node] as number) + 1
  ) {
    const arc = arcs[next[node] as number] as number;
    const to = head[arc] as number;
    const free = room[arc] as number;
    if (free <= 0 || level[to] !== (level[node] as number) + 1) continue;
    const pushed = push(layers, to, Math.min(most, free));
    if (pushed === 0) continue;
    room[arc] = free - pushed;
    room[arc ^ 1] = (room[arc ^ 1] as number) + pushed;
    return pushed;
  }
  return 0;
}
