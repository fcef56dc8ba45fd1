/**
 * Where a sync of an account is, and its text, the cursor.
 *
 * @module
 */
import * as z from "zod";

const Place = z.object({
  /** Only deals that have changed since; null for all. */
  since: z.string().nullable(),
  /** When the sync began to read deals; absent before it has. */
  began: z.string().optional(),
  /** Whether it is in the list of archived deals; in the search if not. */
  archived: z.boolean().default(false),
  /** Id of the last deal read, or the list's own cursor. */
  after: z.string().nullable().default(null),
  /** Offset of the last journal entry read; absent before the first. */
  journal: z.string().optional(),
});

/** Where a sync is: after so many entries of the journal, and so many deals. */
export type Place = z.infer<typeof Place>;

/**
 * Reads a cursor.
 *
 * @param cursor As a page told it; null at first.
 * @returns The place.
 */
export function openPlace(cursor: string | null): Place {
  return Place.parse(cursor === null ? { since: null } : JSON.parse(cursor));
}
