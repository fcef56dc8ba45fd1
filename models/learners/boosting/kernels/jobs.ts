/**
 * Jobs: what one task of each does, and how threads share the tasks.
 *
 * A thread claims tasks by adding to the ticket, which holds the next task and the
 * number of tasks in one word, so that a late claim can never meet a new job's
 * number with an old job's task. Sums are of whole numbers, or by task, so that
 * it does not matter which thread did what.
 *
 * @module
 */
import { binFloats, sortFloats } from "./binning";
import { doColumns } from "./columns";
import { derive, quantise } from "./derivatives";
import {
  ARGUMENTS,
  CHUNK_ROWS,
  DONE,
  FAILED,
  JOB,
  JOB_ADD_LEAVES,
  JOB_ADD_TREE,
  JOB_BIN,
  JOB_COLUMNS,
  JOB_DERIVE,
  JOB_GATHER,
  JOB_PART,
  JOB_PLACE,
  JOB_QUANTISE,
  JOB_SORT,
  TICKET,
  WAKE,
} from "./frame";
import { addTree, addValue, gather, part, sumOf } from "./rows";

export { countBins } from "./rows";
export { searchAgain } from "./columns";

/** Looks at the ticket before it sleeps, times. */
const PATIENCE = 20000;
/** Sleeps before it looks again whether a worker has failed. */
const NAP_NANOSECONDS: i64 = 1000000;
const CHUNK: usize = <usize> CHUNK_ROWS;

/**
 * Does tasks of the published job until none is left.
 *
 * @param scratch This thread's own memory.
 */
export function work(scratch: usize): void {
  for (;;) {
    const ticket = atomic.load<i64>(TICKET);
    if (<i32> ticket >= <i32> (ticket >> 32)) return;
    const claimed = atomic.add<i64>(TICKET, 1);
    const task = <i32> claimed;
    if (task >= <i32> (claimed >> 32)) return;
    perform(<usize> task, scratch);
    const done = atomic.add<i32>(DONE, 1) + 1;
    if (done === <i32> (claimed >> 32)) atomic.notify(DONE, 1);
  }
}

/**
 * Works on job after job until none comes for a while.
 *
 * @param scratch This thread's own memory.
 * @param seen Jobs published when this thread last looked.
 * @returns Jobs published by now.
 */
export function keepWorking(scratch: usize): i32 {
  let seen = atomic.load<i32>(WAKE);
  for (let idle = 0; idle < PATIENCE; idle++) {
    work(scratch);
    const now = atomic.load<i32>(WAKE);
    if (now !== seen) idle = 0;
    seen = now;
  }
  return seen;
}

/** Waits until the tasks of the job are done, or a worker has failed. */
export function finish(tasks: i32): void {
  for (let look = 0; atomic.load<i32>(DONE) < tasks; look++) {
    if (look < PATIENCE) continue;
    if (atomic.load<i32>(FAILED) !== 0) return;
    const done = atomic.load<i32>(DONE);
    if (done < tasks) atomic.wait<i32>(DONE, done, 1000000);
  }
}

/**
 * Does one task of the job in the frame.
 *
 * @param task Which.
 * @param scratch This thread's own memory.
 */
export function perform(task: usize, scratch: usize): void {
  const job = load<i32>(JOB);
  if (job === JOB_COLUMNS) doColumns(task, scratch);
  else if (job === JOB_PART) doPart(task);
  else if (job === JOB_PLACE) doPlace(task);
  else if (job === JOB_GATHER) doGather(task);
  else if (job === JOB_DERIVE) doDerive(task);
  else if (job === JOB_QUANTISE) doQuantise(task);
  else if (job === JOB_ADD_LEAVES) doAddLeaf(task);
  else if (job === JOB_ADD_TREE) doAddTree(task);
  else if (job === JOB_SORT) doSort(task, scratch);
  else if (job === JOB_BIN) doBin(task);
}

/** An argument of the job, by place. */
function argument(place: usize): usize {
  return load<u32>(ARGUMENTS + (place << 2));
}

function number(place: usize): f64 {
  return load<f64>(ARGUMENTS + (place << 2));
}

function rowsOf(task: usize, rows: usize): usize {
  return min(CHUNK, rows - task * CHUNK);
}

/** rows, count, bins, goesLeft, left, right, counts */
function doPart(task: usize): void {
  const from = task * CHUNK << 2;
  const left = part(
    argument(0) + from,
    rowsOf(task, argument(1)),
    argument(2),
    argument(3),
    argument(4) + from,
    argument(5) + from,
  );
  store<i32>(argument(6) + (task << 2), left);
}

/** rows, count, -, -, left, right, counts; places; packed, gathered, whether the left */
function doPlace(task: usize): void {
  const from = task * CHUNK << 2;
  const count = rowsOf(task, argument(1));
  const many = load<u32>(argument(6) + (task << 2));
  const rest = count - many;
  const leftPlace = load<u32>(argument(7) + (task << 3));
  const rightPlace = load<u32>(argument(7) + (task << 3), 4);
  const rows = argument(0);
  memory.copy(rows + (leftPlace << 2), argument(4) + from, many << 2);
  memory.copy(rows + (rightPlace << 2), argument(5) + from, rest << 2);
  const isLeft = argument(10) !== 0;
  const place = isLeft ? leftPlace : rightPlace - argument(11);
  gather(
    (isLeft ? argument(4) : argument(5)) + from,
    isLeft ? many : rest,
    argument(8),
    argument(9) + (place << 3),
  );
}

/** rows, count, packed, gathered, sums */
function doGather(task: usize): void {
  const from = task * CHUNK;
  const count = rowsOf(task, argument(1));
  const out = argument(3) + (from << 3);
  gather(argument(0) + (from << 2), count, argument(2), out);
  store<i64>(argument(4) + (task << 3), sumOf(out, count));
}

/** loss, rows, quantile (two), scores, labels, weights, gradients, hessians, sums */
function doDerive(task: usize): void {
  const from = task * CHUNK << 3;
  const weights = argument(6);
  derive(
    <i32> argument(0),
    number(2),
    rowsOf(task, argument(1)),
    argument(4) + from,
    argument(5) + from,
    weights === 0 ? 0 : weights + from,
    argument(7) + from,
    argument(8) + from,
    argument(9) + (task << 4),
  );
}

/** gradients, rows, scales (two each), hessians, packed, ranges, sums */
function doQuantise(task: usize): void {
  const from = task * CHUNK << 3;
  const count = rowsOf(task, argument(1));
  quantise(
    count,
    argument(0) + from,
    argument(6) + from,
    number(2),
    number(4),
    argument(7) + from,
    argument(8) + (task << 4),
  );
  const sum = sumOf(argument(7) + from, count);
  store<i64>(argument(9) + (task << 3), sum);
}

/** rows, leaves (from, count, value: 4, 4 and 8 bytes each), scores */
function doAddLeaf(task: usize): void {
  const leaf = argument(1) + (task << 4);
  addValue(
    argument(0) + (<usize> load<u32>(leaf) << 2),
    load<u32>(leaf, 4),
    argument(2),
    load<f64>(leaf, 8),
  );
}

/** bins, rows, tree, members, scores */
function doAddTree(task: usize): void {
  const from = task * CHUNK;
  const rows = argument(1);
  addTree(
    from,
    from + rowsOf(task, rows),
    argument(0),
    rows,
    argument(2),
    argument(3),
    argument(4),
  );
}

/** values, rows */
function doSort(task: usize, scratch: usize): void {
  const rows = argument(1);
  const values = argument(0) + (task * 2 * rows << 2);
  sortFloats(values, rows, values + (rows << 2), scratch);
}

/** values, rows, cuts, bins */
function doBin(task: usize): void {
  const rows = argument(1);
  binFloats(
    argument(0) + (task * rows << 2),
    rows,
    argument(2) + (task << 10),
    argument(3) + task * rows,
  );
}
