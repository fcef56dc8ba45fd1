/**
 * Two nodes on one book, for tests.
 *
 * @module
 */
import assert from "node:assert/strict";
import { printBidName } from "../../domain/budget.ts";
import { type Budgets, createBudgets } from "./budgets.ts";
import { type MemoryBook, memoryBook, termsOf } from "./memory_book_test.ts";

/** Whose budgets they are. */
export const TENANT = "acme";
/** A node on a book. */
export function join(book: MemoryBook, name: string): Budgets {
  let serial = 0;
  return createBudgets({
    book,
    clock: { now: () => new Date(book.now).toISOString() },
    ids: { next: (prefix) => `${prefix}_${name}${serial++ || ""}` },
  });
}

/** Bids once; what names the bid, or why there is none. */
export function bid(
  { book, node }: { readonly book: MemoryBook; readonly node: Budgets },
  bidMicros = 50,
): { readonly bid: string } | { readonly refusal: string } {
  const at = new Date(book.now).toISOString();
  const terms = node.payerOf(TENANT, { campaign: "c-1" }, at);
  assert(terms);
  const stands = node.stand(TENANT, terms, { at: book.now, draw: 0 });
  if ("refusal" in stands) return stands;
  const made = { bidMicros, value: 100, at: book.now };
  const reserved = node.reserve(TENANT, terms, made);
  if ("refusal" in reserved) return reserved;
  const { slice, bid: number } = reserved;
  return { bid: printBidName({ budget: terms.id, slice, number }) };
}

/** A bid that must go out. */
export function sent(of: Parameters<typeof bid>[0], bidMicros = 50): string {
  const made = bid(of, bidMicros);
  assert.ok("bid" in made, JSON.stringify(made));
  return made.bid;
}

/** Two nodes on one budget, the first of which holds a part. */
export async function open(given = {}) {
  const book = memoryBook();
  const [one, two] = [join(book, "one"), join(book, "two")];
  await one.put(TENANT, termsOf(given));
  await two.ready();
  const first = { book, node: one };
  const second = { book, node: two };
  const go = async (ms: number, ...nodes: Budgets[]) => {
    book.now += ms;
    for (const node of nodes) assert.deepEqual(await node.sync(), []);
  };
  assert.deepEqual(bid(first), { refusal: "not_leased" });
  await go(0, one);
  return { book, one, two, first, second, go };
}

/** How the budget stands in the book. */
export const standing = async (node: Budgets) => {
  const found = await node.find(TENANT, "b");
  assert(found);
  return found;
};
