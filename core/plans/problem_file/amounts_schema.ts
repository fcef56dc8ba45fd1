/**
 * Numbers of problem files: far from where sums and products of them overflow.
 *
 * @module
 */
import { z } from "zod";

/** The largest number that a file may hold. */
export const LARGEST = 1e100;

/** Money, or outcome that is not negative. */
export const amount = z.number().nonnegative().max(LARGEST);
/** More than nothing. */
export const positive = z.number().positive().max(LARGEST);
/** Of any sign. */
export const signed = z.number().min(-LARGEST).max(LARGEST);
/** What outcome is set against spend by; its inverse is one, too. */
export const ratio = z.number().min(1 / LARGEST).max(LARGEST);
