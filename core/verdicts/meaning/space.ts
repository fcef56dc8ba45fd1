/**
 * Where a witness is sought: for each fact that is read, the values that the
 * comparisons tell apart.
 *
 * @module
 */
import { CATALOGUE, type Catalogue } from "../language/catalogue.ts";
import type { FactRead } from "../language/expression.ts";
import { after, before, type Box, type Domain, type Values } from "./domain.ts";
import { otherTexts, shareItems } from "./shared_items.ts";
import {
  LARGEST,
  MOST_MICROS,
  partsOf,
  readsOf,
  type Term,
  UNBOUNDED,
  visit,
} from "./term.ts";

/** Facts, their domains, and where their values change what conditions say. */
export interface Space {
  readonly box: Box;
  /** Ascending starts of the cells of each number, by slot. */
  readonly cuts: ReadonlyMap<string, readonly number[]>;
  /** Paths by slot. */
  readonly paths: ReadonlyMap<string, string>;
  /** Plain values of numbers, where zero would be odd. */
  readonly plain: ReadonlyMap<string, number>;
  /** Whether the items of lists that are facts tell all outcomes apart. */
  readonly complete: boolean;
}

const PLAIN_MICROS = 2_000_000;

/** What comparisons say of the facts, collected in one walk. */
interface Found {
  readonly cuts: Map<string, Set<number>>;
  /** Lists in which a fact is looked up, or of which it is compared with one item. */
  readonly items: Map<string, (readonly (string | number)[])[]>;
  /** Reads that are compared with one another. */
  readonly linked: (readonly string[])[];
  /** Whether fractions are rounded, which is exact up to the most that is weighed. */
  rounds: boolean;
  /** Whether a number is written out that is no less than the most that is weighed. */
  large: boolean;
  complete: boolean;
}

/** Lays out the facts that terms read. */
export function spaceOf(
  terms: readonly Term[],
  catalogue: Catalogue = CATALOGUE,
): Space {
  const found: Found = {
    cuts: new Map(),
    items: new Map(),
    linked: [],
    rounds: false,
    large: false,
    complete: true,
  };
  for (const term of terms) visit(term, (one) => collect(one, found));
  const isExact = found.rounds && !found.large;
  const mostMicros = isExact ? MOST_MICROS : LARGEST;
  const shared = shareItems(found);
  const box = new Map<string, Domain>();
  const cuts = new Map<string, readonly number[]>();
  const paths = new Map<string, string>();
  const plain = new Map<string, number>();
  for (const { slot, fact } of terms.flatMap(readsOf)) {
    if (box.has(slot)) continue;
    const range = rangeOf(fact.path, catalogue, mostMicros);
    box.set(slot, domainOf(fact.type, shared.get(slot) ?? [], range));
    cuts.set(slot, startsOf(found.cuts.get(slot), fact.type === "integer"));
    paths.set(slot, fact.path);
    if (catalogue.find(fact.path)?.unit === "micros") {
      plain.set(slot, PLAIN_MICROS);
    }
  }
  const complete = found.complete && (isExact || !found.rounds);
  return { box, cuts, paths, plain, complete };
}

function collect(term: Term, found: Found): void {
  switch (term.op) {
    case "constant":
      found.large ||= isLarge(term.value);
      return;
    case "portion":
    case "scaled":
    case "step":
      found.rounds = true;
      return;
    case "read":
      found.large ||= isLarge(term.fallback);
      if (typeof term.fallback === "string") {
        addList(found, term.slot, [term.fallback]);
      }
      return;
    case "less":
      addCut(term.left, term.right, found);
      addCut(term.right, term.left, found);
      return;
    case "among":
      addList(found, slotOf(term.item), [...term.items]);
      for (const item of term.items) {
        if (typeof item === "number") add(found.cuts, slotOf(term.item), item);
        found.large ||= isLarge(item);
      }
      return;
    case "same":
      found.linked.push([...readsOf(term)].map(({ slot }) => slot));
      return;
    case "includes":
      found.linked.push([
        slotOf(term.list),
        ...readsOf(term).map(({ slot }) => slot),
      ]);
      if (term.item.op === "constant" && term.item.value !== null) {
        addList(found, slotOf(term.list), [term.item.value as string]);
      } else if (!isRead(term.item, "string")) found.complete = false;
      return;
    case "some":
    case "all":
      visit(term.holds, (one) => addItems(slotOf(term.list), one, found));
      found.complete &&= isSeparable(term.holds);
      found.linked.push(readsOf(term).map(({ slot }) => slot));
      return;
  }
}

function isLarge(value: unknown): boolean {
  return typeof value === "number" && value !== UNBOUNDED &&
    Math.abs(value) >= MOST_MICROS;
}

function slotOf(term: Term): string {
  return term.op === "read" ? term.slot : term.key;
}

function isRead(term: Term, type: string): boolean {
  return term.op === "read" && term.fact.type === type;
}

/** Whether the item is compared with literals and texts only. */
function isSeparable(holds: Term): boolean {
  if (holds.op === "less") {
    const sides = [holds.left, holds.right];
    const isPlain = sides.every(({ op }) => op === "item" || op === "constant");
    return isPlain || !sides.some(hasItem);
  }
  if (holds.op === "includes") return !hasItem(holds.item);
  return partsOf(holds).every(isSeparable);
}

function hasItem(term: Term): boolean {
  return term.op === "item" || partsOf(term).some(hasItem);
}

function addCut(one: Term, other: Term, { cuts }: Found): void {
  if (one.op !== "read" || other.op !== "constant") return;
  if (typeof other.value === "number") add(cuts, one.slot, other.value);
}

/** What tells the items of a list apart: literals, and numbers beside them. */
function addItems(list: string, term: Term, found: Found): void {
  if (term.op === "among" && term.item.op === "item") {
    addList(found, list, [...term.items]);
  }
  if (term.op !== "less" || !hasItem(term)) return;
  for (const side of [term.left, term.right]) {
    if (side.op !== "constant" || typeof side.value !== "number") continue;
    const { value } = side;
    for (const item of [before(value, false), value, after(value, false)]) {
      addList(found, list, [item]);
    }
  }
}

function addList(
  { items }: Found,
  slot: string,
  list: readonly (string | number)[],
): void {
  const known = items.get(slot) ?? [];
  known.push(list);
  items.set(slot, known);
}

function add<T>(to: Map<string, Set<T>>, key: string, value: T): void {
  const known = to.get(key) ?? new Set<T>();
  to.set(key, known.add(value));
}

function startsOf(values: Set<number> | undefined, isWhole: boolean): number[] {
  const starts = [...values ?? []].flatMap((value) => [
    isWhole ? Math.ceil(value) : value,
    after(value, isWhole),
  ]);
  return [...new Set(starts)].sort((a, b) => a - b);
}

function domainOf(
  type: FactRead["type"],
  items: readonly (string | number)[],
  range: readonly [number, number] | null,
): Domain {
  switch (type) {
    case "boolean":
      return present({ kind: "options", options: [false, true] });
    case "string":
    case "scalar": {
      const texts = items.filter((one) => typeof one === "string");
      const options = [...texts, ...otherTexts(texts, 1)];
      return present({ kind: "options", options });
    }
    case "integer":
    case "number": {
      const isWhole = type === "integer";
      const largest = isWhole ? LARGEST : Number.MAX_VALUE;
      const [lo, hi] = range ?? [-largest, largest];
      return present({ kind: "interval", lo, hi, whole: isWhole });
    }
    case "strings": {
      const texts = items.filter((one) => typeof one === "string");
      const may = [...texts, ...otherTexts(texts, 1)];
      return present({ kind: "list", must: [], may });
    }
    case "numbers": {
      const numbers = items.filter((one) => typeof one === "number");
      const other = Math.max(0, ...numbers) + 1;
      return present({ kind: "list", must: [], may: [...numbers, other] });
    }
  }
}

function present(values: Values): Domain {
  return { missing: true, values };
}

/** Least and most that a fact can be; null if it may be any number. */
function rangeOf(
  path: string,
  catalogue: Catalogue,
  mostMicros: number,
): readonly [number, number] | null {
  const field = catalogue.find(path);
  const [lo, hi] = field?.range ?? [-LARGEST, LARGEST];
  if (path === "amount.micros" || path === "amount.currentMicros") {
    return [0, mostMicros];
  }
  if (field?.unit !== "micros") return field?.range ?? null;
  return [Math.max(lo, -mostMicros), Math.min(hi, mostMicros)];
}
