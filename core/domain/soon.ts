/**
 * Values that are mostly at hand, and otherwise on their way. A decision reads a dozen of
 * them: waiting for each by a promise costs more than working out what they say.
 *
 * @module
 */

/** A value, or one that is on its way. */
export type Soon<T> = T | Promise<T>;

/**
 * Goes on with a value, at once if it is at hand.
 *
 * @param soon The value.
 * @param next What is made of it.
 * @returns What it comes to; at hand if both were.
 * @example
 * ```ts
 * import { whenThere } from "./soon.ts";
 * import assert from "node:assert/strict";
 * assert.equal(whenThere(2, (two) => two + 1), 3);
 * assert.equal(await whenThere(Promise.resolve(2), (two) => two + 1), 3);
 * ```
 */
export function whenThere<T, U>(
  soon: Soon<T>,
  next: (value: T) => Soon<U>,
): Soon<U> {
  return soon instanceof Promise ? soon.then(next) : next(soon);
}

/**
 * Makes something else of what fails, at once or later.
 *
 * @param work What may fail.
 * @param rescue What is made of why it did.
 * @returns What either comes to; at hand if it is.
 * @example
 * ```ts
 * import { rescued } from "./soon.ts";
 * import assert from "node:assert/strict";
 * const fail = () => {
 *   throw new RangeError("too far");
 * };
 * assert.equal(rescued(fail, () => 0), 0);
 * assert.equal(await rescued(() => Promise.reject(), () => 0), 0);
 * ```
 */
export function rescued<T>(
  work: () => Soon<T>,
  rescue: (error: unknown) => Soon<T>,
): Soon<T> {
  try {
    const made = work();
    return made instanceof Promise ? made.catch(rescue) : made;
  } catch (error) {
    return rescue(error);
  }
}
