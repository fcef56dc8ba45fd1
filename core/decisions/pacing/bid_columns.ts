/**
 * The columns of a ledger: its bids in a ring, by number modulo their room, which is a
 * power of two.
 *
 * @module
 */
/** Columns over the bids that are kept. */
export interface Columns {
  readonly sentAt: Float64Array;
  readonly reserved: Float64Array;
  readonly charged: Float64Array;
  readonly value: Float64Array;
  readonly state: Uint8Array;
}

/** Makes empty columns. */
export function columnsOf(room: number): Columns {
  return {
    sentAt: new Float64Array(room),
    reserved: new Float64Array(room),
    charged: new Float64Array(room),
    value: new Float64Array(room),
    state: new Uint8Array(room),
  };
}

/** Columns of twice the room, with the bids of a half-open range of numbers. */
export function widen(
  old: Columns,
  [first, next]: readonly [number, number],
): Columns {
  const room = old.state.length;
  const wide = columnsOf(2 * room);
  for (let bid = first; bid < next; bid++) {
    const [from, to] = [bid & (room - 1), bid & (2 * room - 1)];
    wide.sentAt[to] = old.sentAt[from] ?? 0;
    wide.reserved[to] = old.reserved[from] ?? 0;
    wide.charged[to] = old.charged[from] ?? 0;
    wide.value[to] = old.value[from] ?? 0;
    wide.state[to] = old.state[from] ?? 0;
  }
  return wide;
}
