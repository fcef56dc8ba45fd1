/**
 * Histograms: by bin, the sums of packed derivatives, gradient in the upper and
 * hessian in the lower 32 bits, so that one addition adds both.
 *
 * Four columns share a pass over the rows: their histograms, 8 KB, stay in the
 * first cache, and a row's derivatives are read once for the four.
 *
 * @module
 */
import { COLUMN_BYTES } from "./frame";

/** Fills one column from rows gathered side by side. */
export function fillOne(
  out: usize,
  bins: usize,
  rows: usize,
  packed: usize,
  count: usize,
): void {
  const end = packed + (count << 3);
  for (; packed < end; packed += 8, rows += 4) {
    add(out, load<u8>(bins + <usize> load<u32>(rows)), load<i64>(packed));
  }
}

/** Fills one column from all rows in order. */
export function fillOneOfAll(
  out: usize,
  bins: usize,
  packed: usize,
  count: usize,
): void {
  for (let row: usize = 0; row < count; row++, packed += 8) {
    add(out, load<u8>(bins + row), load<i64>(packed));
  }
}

/** Fills four columns, their histograms side by side, from rows gathered. */
export function fillFour(
  out: usize,
  a: usize,
  b: usize,
  c: usize,
  d: usize,
  rows: usize,
  packed: usize,
  count: usize,
): void {
  const end = packed + (count << 3);
  for (; packed < end; packed += 8, rows += 4) {
    const row = <usize> load<u32>(rows);
    const both = load<i64>(packed);
    add(out, load<u8>(a + row), both);
    add(out + COLUMN_BYTES, load<u8>(b + row), both);
    add(out + 2 * COLUMN_BYTES, load<u8>(c + row), both);
    add(out + 3 * COLUMN_BYTES, load<u8>(d + row), both);
  }
}

/** Fills four columns from all rows in order. */
export function fillFourOfAll(
  out: usize,
  a: usize,
  b: usize,
  c: usize,
  d: usize,
  packed: usize,
  count: usize,
): void {
  for (let row: usize = 0; row < count; row++, packed += 8) {
    const both = load<i64>(packed);
    add(out, load<u8>(a + row), both);
    add(out + COLUMN_BYTES, load<u8>(b + row), both);
    add(out + 2 * COLUMN_BYTES, load<u8>(c + row), both);
    add(out + 3 * COLUMN_BYTES, load<u8>(d + row), both);
  }
}

function add(out: usize, bin: u8, both: i64): void {
  const place = out + (<usize> bin << 3);
  store<i64>(place, load<i64>(place) + both);
}

/** Turns a parent's column into that of its other child. */
export function subtract(parent: usize, child: usize, bins: i32): void {
  for (let at: usize = 0; at < <usize> bins << 3; at += 8) {
    store<i64>(parent + at, load<i64>(parent + at) - load<i64>(child + at));
  }
}
