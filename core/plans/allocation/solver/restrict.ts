/**
 * A problem restricted to one concave part of what each entity may receive, near a
 * relaxed plan.
 *
 * @module
 */
import { type Domain, setDomain } from "./envelope.ts";
import type { Model } from "./evaluate.ts";
import { type Choice, findPart, shareOf } from "./parts.ts";
import type { Tableau } from "./tableau.ts";

/** Restricts `to` to parts of the domains of `from` near amounts. */
export function restrict(
  from: Model,
  to: Model,
  { amounts, choice }: {
    readonly amounts: Float64Array;
    readonly choice: Choice;
  },
): void {
  const { t } = from;
  const off = chooseOff(from, amounts, choice);
  for (let at = 0; at < t.size; at++) {
    const part = off.has(at)
      ? { lo: 0, hi: 0, off: false }
      : findPart(t, [at, amounts[at] as number], choice);
    if (!isSame(to.t, at, part)) setDomain(to.t, at, part);
  }
}

function isSame(t: Tableau, at: number, { lo, hi, off }: Domain): boolean {
  return t.least[at] === lo && t.hi[at] === hi && t.off[at] === (off ? 1 : 0);
}

/** Entities that must be off so that no group has more on than it may: the least decided ones. */
function chooseOff(
  { t, rows }: Model,
  amounts: Float64Array,
  { threshold, on }: Choice,
): Set<number> {
  const off = new Set<number>();
  for (const { kind, at, bound } of rows) {
    if (kind !== "most") continue;
    const share = (place: number) =>
      off.has(place) ? 0 : shareOf(t, [place, amounts[place] as number], on);
    const wanted = [...at].filter((place) =>
      share(place) > Math.min(threshold, 0.999)
    )
      .sort((a, b) =>
        share(b) - share(a) ||
        (amounts[b] as number) - (amounts[a] as number)
      );
    const always = wanted.filter((place) => t.off[place] !== 1).length;
    wanted.filter((place) => t.off[place] === 1)
      .slice(Math.max(bound - always, 0))
      .forEach((place) => off.add(place));
  }
  return off;
}
