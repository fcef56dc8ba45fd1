/**
 * What routes are about, in the order of the documentation.
 *
 * @module
 */

/** Each tag, and what its routes are for. */
export const TAGS = {
  ["Optimization"]:
    "Decisions one at a time, and plans of all budgets at once: made, approved by another, applied, and undone.",
  ["Budgets and bids"]:
    "Budgets that bids spend: kept, paced, and settled with what exchanges tell.",
  ["Decisions"]:
    "What was decided: found, read, explained, taken again, and joined with what came of it.",
  ["Signals"]: "What sources brought, and deliveries that they push.",
  ["Features"]:
    "What decisions read about a subject, a campaign or a placement, and where each value comes from.",
  ["Erasure"]: "People who are to be forgotten.",
  ["Operation"]: "Health, metrics, and work in the background.",
  ["Models and policies"]:
    "What decides: versions of models, the roles they have, trials, and the policies in force.",
  ["Changes"]:
    "How policies, models and kill switches change: proposed by one, agreed with by another, on record.",
  ["Keys"]: "Keys of the tenant's systems.",
} as const;

/** What a route is about. */
export type Tag = keyof typeof TAGS;
