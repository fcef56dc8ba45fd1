/**
 * Which items the facts of a search may hold, so that every look-up and every equality
 * can come out either way.
 *
 * @module
 */

/** What look-ups say of facts, by slot. */
export interface Lookups {
  /** Lists in which a fact is looked up, or of which it is compared with one item. */
  readonly items: ReadonlyMap<string, (readonly (string | number)[])[]>;
  /** Reads that are compared with one another. */
  readonly linked: readonly (readonly string[])[];
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;

/**
 * Items that each fact may hold: one for all that no list tells apart; where facts are
 * compared with one another, all items of any of them and as many others.
 */
export function shareItems(
  found: Lookups,
): ReadonlyMap<string, readonly (string | number)[]> {
  const classes = classesOf(found.linked);
  const slots = new Set([...found.items.keys(), ...classes.keys()]);
  return new Map([...slots].map((slot) => {
    const linked = classes.get(slot);
    if (!linked) return [slot, distinctItems(found.items.get(slot) ?? [])];
    const known = [...linked].sort()
      .flatMap((one) => (found.items.get(one) ?? []).flat());
    const texts = known.filter((one) => typeof one === "string");
    return [slot, [...new Set(known), ...otherTexts(texts, linked.size)]];
  }));
}

/** Facts that are compared with one another, directly or by way of others. */
function classesOf(
  linked: readonly (readonly string[])[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const classes = new Map<string, ReadonlySet<string>>();
  for (const slots of linked) {
    const joined = new Set(
      slots.flatMap((slot) => [slot, ...classes.get(slot) ?? []]),
    );
    for (const slot of joined) classes.set(slot, joined);
  }
  return classes;
}

/** The first of the items that are in the same lists. */
function distinctItems(
  lists: readonly (readonly (string | number)[])[],
): readonly (string | number)[] {
  const places = new Map<string | number, string>();
  lists.forEach((items, index) => {
    for (const item of items) {
      places.set(item, `${places.get(item) ?? ""},${index}`);
    }
  });
  const first = new Map<string, string | number>();
  for (const [item, place] of places) {
    if (!first.has(place)) first.set(place, item);
  }
  return [...first.values()];
}

/** Texts that are none of those known, of the same form. */
export function otherTexts(known: readonly string[], count: number): string[] {
  const isDate = known.length > 0 && known.every((one) => DATE.test(one));
  const found: string[] = [];
  for (let n = 1; found.length < count; n++) {
    const text = isDate
      ? `2001-${String(1 + n % 12).padStart(2, "0")}-${10 + n % 18}`
      : n === 1
      ? "other"
      : `other_${n}`;
    if (!known.includes(text) && !found.includes(text)) found.push(text);
    else if (n > 400) found.push(`other_${n}`);
  }
  return found;
}
