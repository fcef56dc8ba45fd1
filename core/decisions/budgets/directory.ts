/**
 * Which budget pays for a request: the terms of all, kept in the process.
 *
 * A budget governs what it pays for from the moment it is known, before its flight and
 * after it too: nothing is then bid, rather than without a cap. Of several the one in its
 * flight goes first, then the one that names what is asked for most narrowly, then the
 * oldest.
 *
 * @module
 */
import { type BudgetTerms, keysOf } from "../../domain/budget.ts";
import type { Instant } from "../../domain/day.ts";
import type { EntityIds, EntityKey } from "../../domain/entity.ts";

/** Terms, and whose. */
export interface OwnedTerms {
  readonly tenant: string;
  readonly terms: BudgetTerms;
}

/** Terms by what they pay for. */
export interface Directory {
  /** The budget that pays; null if none governs what is asked for. */
  payerOf(
    tenant: string,
    entities: EntityIds,
    at: Instant,
  ): BudgetTerms | null;
}

/** Makes a directory of all terms, the oldest first. */
export function createDirectory(all: readonly OwnedTerms[]): Directory {
  const known = new Map<string, BudgetTerms[]>();
  for (const { tenant, terms } of all) {
    for (const key of new Set(terms.paysFor)) {
      const name = nameOf(tenant, key);
      const others = known.get(name);
      if (others) others.push(terms);
      else known.set(name, [terms]);
    }
  }
  return {
    payerOf(tenant, entities, at) {
      if (known.size === 0) return null;
      const keys = new Set([...keysOf(entities), `tenant:${tenant}` as const]);
      let waits: BudgetTerms | null = null;
      for (const key of keys) {
        const governing = known.get(nameOf(tenant, key)) ?? [];
        const flies = governing.find((terms) => isInFlight(terms, at));
        if (flies) return flies;
        waits ??= governing.at(-1) ?? null;
      }
      return waits;
    },
  };
}

/** Whether bids may be made by the terms alone. */
export function isInFlight(
  { from, until, closedAt }: BudgetTerms,
  at: Instant,
): boolean {
  return closedAt === null && at >= from && at < until;
}

function nameOf(tenant: string, key: EntityKey): string {
  return `${tenant}\n${key}`;
}
