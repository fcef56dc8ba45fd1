/**
 * Which actions are conversions. Meta lists one purchase under several types at
 * once: what the pixel saw, what the app saw, and sums over both. Adding the list up
 * counts it several times, so the types that count are named, and no two of them
 * may hold the same action.
 *
 * @see https://developers.facebook.com/docs/marketing-api/reference/ads-action-stats/, read on 2026-11-26
 * @module
 */
import * as z from "zod";

/** Places where an action is seen, each apart from the others. */
const PARTS = [
  "offsite_conversion.fb_pixel_",
  "app_custom_event.fb_mobile_",
  "onsite_conversion.",
  "offline_conversion.",
];

/** Sums over several places; the event's bare name is one too. */
const SUMS = [
  "omni_",
  "onsite_web_app_",
  "onsite_web_",
  "onsite_app_",
  "web_app_in_store_",
  "web_in_store_",
];

/** Text of a number; Meta writes every metric as text. */
export const NumberText = z.union([z.string(), z.number()]).transform(String);

/** A row's `actions` or `action_values`. */
export const Actions = z.array(
  z.object({ action_type: z.string(), value: NumberText.optional() }),
);

/** What to add up, and how. */
export interface Sum {
  /** Action types that count. */
  readonly counted: readonly string[];
  /** Reads the text of one value. */
  readonly read: (text: string) => bigint;
  /** What it means that none is listed. */
  readonly none: bigint | null;
}

/**
 * Adds up the actions that count.
 *
 * @param actions Those of one row; absent if it has none at all.
 * @param sum What to add up.
 * @returns The sum; null where Meta lists an action but withholds its value.
 */
export function sumActions(
  actions: z.infer<typeof Actions> | undefined,
  { counted, read, none }: Sum,
): bigint | null {
  const listed = (actions ?? [])
    .filter(({ action_type: type }) => counted.includes(type));
  if (listed.length === 0) return none;
  let total = 0n;
  for (const { value } of listed) {
    if (value === undefined) return null;
    total += read(value);
  }
  return total;
}

/**
 * Finds two action types that hold the same actions.
 *
 * @param types Action types.
 * @returns The two, or null if each action is in one type at most.
 */
export function findOverlap(
  types: readonly string[],
): readonly [string, string] | null {
  for (const [at, one] of types.entries()) {
    const other = types.slice(at + 1).find((type) => overlaps(one, type));
    if (other !== undefined) return [one, other];
  }
  return null;
}

function overlaps(one: string, other: string): boolean {
  if (one === other) return true;
  const [a, b] = [readType(one), readType(other)];
  return a.event === b.event && !(a.isPart && b.isPart);
}

function readType(
  type: string,
): { readonly event: string; readonly isPart: boolean } {
  const part = PARTS.find((prefix) => type.startsWith(prefix));
  const prefix = part ?? SUMS.find((prefix) => type.startsWith(prefix)) ?? "";
  const event = type.slice(prefix.length).replace(/_grouped$/, "");
  return { event, isPart: part !== undefined };
}
