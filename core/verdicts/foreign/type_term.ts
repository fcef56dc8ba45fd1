/**
 * Types that are found out by use: terms that are one once something needs them alike.
 *
 * @see Milner (1978), A Theory of Type Polymorphism in Programming
 * @module
 */

/** What is known of a type; `unknown` until a use tells. */
export type TermKind = "unknown" | "boolean" | "number" | "string" | "list";

/** A type to be found out. */
export interface TypeTerm {
  /** The term that this one has turned out to be; null if it stands for itself. */
  same: TypeTerm | null;
  kind: TermKind;
  /** Of a list: its items. */
  item: TypeTerm | null;
  /** Where the kind was told, for people; empty while unknown. */
  where: string;
}

/** Makes a term. */
export function createTerm(kind: TermKind = "unknown", where = ""): TypeTerm {
  const item = kind === "list" ? createTerm() : null;
  return { same: null, kind, item, where };
}

/** The term that stands for one. */
export function settledTerm(term: TypeTerm): TypeTerm {
  let at = term;
  while (at.same !== null) at = at.same;
  return at;
}

/**
 * Makes two terms one.
 *
 * @returns False if they cannot be.
 */
export function unifyTerms(left: TypeTerm, right: TypeTerm): boolean {
  const one = settledTerm(left);
  const other = settledTerm(right);
  if (one === other) return true;
  if (one.kind === "unknown") return become(one, other);
  if (other.kind === "unknown") return become(other, one);
  if (one.kind !== other.kind) return false;
  if (one.item === null || other.item === null) return true;
  return unifyTerms(one.item, other.item);
}

function become(open: TypeTerm, other: TypeTerm): boolean {
  if (isWithin(open, other)) return false;
  open.same = other;
  if (other.where === "") other.where = open.where;
  return true;
}

/** Whether a list would hold itself. */
function isWithin(open: TypeTerm, list: TypeTerm): boolean {
  let item = list.item;
  while (item !== null) {
    const settled = settledTerm(item);
    if (settled === open) return true;
    item = settled.item;
  }
  return false;
}

/** Says a kind as people do: `list of strings`. */
export function printTerm(term: TypeTerm): string {
  const { kind, item } = settledTerm(term);
  if (item === null) return kind;
  const of = printTerm(item);
  return of === "unknown" ? "list" : `list of ${of}s`;
}
