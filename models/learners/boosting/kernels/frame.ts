/**
 * Where main thread, workers and kernels meet: places in the first kilobytes of
 * the memory that they share. Read by AssemblyScript and by TypeScript alike.
 *
 * @module
 */

/** Next task and number of tasks of the job, 32 bits each, one atomic word. */
export const TICKET = 0;
/** Tasks done, atomic. */
export const DONE = 64;
/** Jobs published, atomic; workers sleep on it. */
export const WAKE = 128;
/** Set by a worker that failed, atomic. */
export const FAILED = 132;
/** Set when no more jobs will come, atomic. */
export const OVER = 136;
/** Which job, one of the `JOB_` numbers. */
export const JOB = 192;

/** First argument of a job; each takes four bytes. */
export const ARGUMENTS = 256;

/** Fills two histograms and looks for the splits of two nodes, by columns. */
export const JOB_COLUMNS = 1;
/** Parts the rows of a node, by chunks. */
export const JOB_PART = 2;
/** Brings parted rows to their places and gathers a child's derivatives. */
export const JOB_PLACE = 3;
/** Gathers the derivatives of rows, by chunks. */
export const JOB_GATHER = 4;
/** Derivatives of the loss, by chunks. */
export const JOB_DERIVE = 5;
/** Derivatives as whole numbers, by chunks. */
export const JOB_QUANTISE = 6;
/** Adds to scores what leaves say, by leaf. */
export const JOB_ADD_LEAVES = 7;
/** Adds to scores what a tree says of rows in bins, by chunks. */
export const JOB_ADD_TREE = 8;
/** Sorts columns, by column. */
export const JOB_SORT = 9;
/** Puts numbers into bins, by column. */
export const JOB_BIN = 10;

/** Bytes of a histogram for each column: 256 bins of eight bytes. */
export const COLUMN_BYTES = 2048;
/** Rows that a task takes where tasks are chunks. */
export const CHUNK_ROWS = 16384;

/** Bytes of what a search found in one column; the places within follow. */
export const FOUND_BYTES = 64;
/** Gain in units of the whole numbers, f64; 0 when there is no split. */
export const FOUND_GAIN = 0;
/** Sums of the left child, gradient above hessian, i64. */
export const FOUND_LEFT = 8;
/** Greatest bin that goes left, i32; 0 where words are parted. */
export const FOUND_BIN = 16;
/** Whether the missing go left, i32. */
export const FOUND_MISSING_LEFT = 20;
/** Whether a child may have too few rows, i32. */
export const FOUND_UNSURE = 24;
/** A bit for each bin that goes left, 32 bytes. */
export const FOUND_MEMBERS = 32;

/** Bytes of what a search must know of a node; the places within follow. */
export const NODE_BYTES = 64;
/** Sums of the node, i64. */
export const NODE_SUMS = 0;
/** Least value of a leaf below, in units of the whole numbers, f64. */
export const NODE_LOWER = 8;
/** Greatest value of a leaf below, f64. */
export const NODE_UPPER = 16;
/** Whether any bound holds, i32. */
export const NODE_BOUNDED = 24;
/** Where the bytes are that let columns in, by place in the tree's list, i32. */
export const NODE_COLUMNS = 28;
/** Rows of the node, i32. */
export const NODE_ROWS = 32;

/** Where the limits of a search are, in the memory. */
export const LIMITS = 512;
/** Taken off the size of a gradient, f64. */
export const LIMIT_L1 = 512;
/** Added to a hessian, f64. */
export const LIMIT_L2 = 520;
/** Least hessian of a child, i64, at least 1. */
export const LIMIT_WEIGHT = 528;
/** Hessian from which a child has rows enough for sure, i64. */
export const LIMIT_SURE = 536;
/** Least rows of a child, i32. */
export const LIMIT_ROWS = 544;
/** Added to a word's hessian before words are ordered, f64. */
export const LIMIT_SMOOTHING = 552;
/** Added to `LIMIT_L2` where words are parted, f64. */
export const LIMIT_WORDS_L2 = 560;
/** Where there is, by column, a byte: 1 rises, -1 falls; i32. */
export const LIMIT_MONOTONE = 568;
/** Where there is, by column, a byte that is 1 where it holds words; i32. */
export const LIMIT_CODED = 572;
/** Where there is, by column, the number of its bins, four bytes; i32. */
export const LIMIT_BINS = 576;
/** Least rows of a word that has a place in the order of words, f64. */
export const LIMIT_WORD_ROWS = 584;

/** First byte that is free for arrays. */
export const FREE = 1024;
