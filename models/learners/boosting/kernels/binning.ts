/**
 * Columns of float32: sorting them, and putting their values into bins.
 *
 * @module
 */

const DIGITS: usize = 2048;

/**
 * Sorts by three digits of eleven bits, NaN last.
 *
 * @param values f32 each; sorted in place.
 * @param spare As much memory again.
 * @param counts Room for three times 2048 u32.
 */
export function sortFloats(
  values: usize,
  count: usize,
  spare: usize,
  counts: usize,
): void {
  memory.fill(counts, 0, 3 * DIGITS * 4);
  const end = values + (count << 2);
  for (let at = values; at < end; at += 4) {
    const key = keyOf(load<f32>(at));
    store<u32>(at, key);
    increase(counts, key & 2047);
    increase(counts + 8192, (key >> 11) & 2047);
    increase(counts + 16384, key >> 22);
  }
  move(values, count, spare, counts, 0);
  move(spare, count, values, counts + 8192, 11);
  move(values, count, spare, counts + 16384, 22);
  for (let at: usize = 0; at < count << 2; at += 4) {
    store<f32>(values + at, valueOf(load<u32>(spare + at)));
  }
}

function increase(counts: usize, digit: u32): void {
  const place = counts + (<usize> digit << 2);
  store<u32>(place, load<u32>(place) + 1);
}

/** Brings keys into the order of one digit. */
function move(
  from: usize,
  count: usize,
  to: usize,
  counts: usize,
  shift: u32,
): void {
  let start: u32 = 0;
  for (let at = counts; at < counts + DIGITS * 4; at += 4) {
    const many = load<u32>(at);
    store<u32>(at, start);
    start += many;
  }
  const end = from + (count << 2);
  for (; from < end; from += 4) {
    const key = load<u32>(from);
    const place = counts + (<usize> ((key >> shift) & 2047) << 2);
    const next = load<u32>(place);
    store<u32>(to + (<usize> next << 2), key);
    store<u32>(place, next + 1);
  }
}

/** Whole numbers in the order of the floats; -0 counts as 0, all NaN as one. */
function keyOf(value: f32): u32 {
  if (value !== value) return 0xffffffff;
  const bits = reinterpret<u32>(value + 0);
  return bits >> 31 ? ~bits : bits | 0x80000000;
}

function valueOf(key: u32): f32 {
  return reinterpret<f32>(key >> 31 ? key & 0x7fffffff : ~key);
}

/**
 * Puts numbers into bins: 0 if missing, else the first whose cut they do not
 * exceed.
 *
 * @param values f32 each.
 * @param cuts 256 f32, ascending, `Infinity` after the last.
 * @param out A byte each.
 */
export function binFloats(
  values: usize,
  count: usize,
  cuts: usize,
  out: usize,
): void {
  for (let row: usize = 0; row < count; row++) {
    const value = load<f32>(values + (row << 2));
    let place: usize = 0;
    for (let step: usize = 128; step > 0; step >>= 1) {
      const above = value > load<f32>(cuts + ((place + step - 1) << 2));
      place += above ? step : 0;
    }
    store<u8>(out + row, value === value ? <u8> (place + 1) : 0);
  }
}
