/**
 * Shares and target returns of a request, as rows over candidates; and the sets that
 * have bounds.
 *
 * @module
 */
import type { EntityKey } from "../../../domain/entity.ts";
import type { PlanRequest } from "../../../domain/plan_request.ts";
import type { Candidate } from "../candidate.ts";
import { moveBy, NOTHING } from "./bound.ts";
import type { BoundedSet, Directory } from "./sets.ts";

/** Σ coefficient·amount ≥ 0, or ≤ 0: coefficients whole, in thousandths. */
export interface ShareRow {
  /** The field that asks for it. */
  readonly id: string;
  readonly terms: Readonly<Record<EntityKey, number>>;
  readonly lo?: 0;
  readonly hi?: 0;
}

/** A target return. */
export interface ReturnRow {
  /** The field that asks for it. */
  readonly id: string;
  /** Id of the set it is over; null for all. */
  readonly set: string | null;
  /** Worth for each unit spent, or null. */
  readonly roas: number | null;
  /** Spend for each unit of outcome, micros, or null. */
  readonly cost: number | null;
}

/** Reads shares, one row for each side. */
export function listShares(
  { shares = [] }: PlanRequest,
  candidates: readonly Candidate[],
  directory: Directory,
): ShareRow[] {
  return shares.flatMap((share, at) => {
    const field = `shares[${at}]`;
    const part = directory.find(share.of, `${field}.of`);
    const whole = share.in === null
      ? [...candidates.keys()]
      : directory.find(share.in, `${field}.in`);
    const row = (permille: number) =>
      shareOf(part, whole, { candidates, permille });
    const { leastPermille: least, mostPermille: most } = share;
    return [
      ...least === undefined ? [] : [{
        id: `${field}.least_permille`,
        terms: row(least),
        lo: 0 as const,
      }],
      ...most === undefined
        ? []
        : [{ id: `${field}.most_permille`, terms: row(most), hi: 0 as const }],
    ];
  });
}

/** What a part gets less so many thousandths of a whole, in thousandths. */
export function shareOf(
  part: readonly number[],
  whole: readonly number[],
  { candidates, permille }: {
    readonly candidates: readonly Candidate[];
    readonly permille: number;
  },
): Record<EntityKey, number> {
  const terms: Record<EntityKey, number> = {};
  const add = (at: number, permille: number) => {
    const entity = candidates[at]?.fitted.entity;
    if (entity) terms[entity] = (terms[entity] ?? 0) + permille;
  };
  part.forEach((at) => add(at, 1000));
  whole.forEach((at) => add(at, -permille));
  return terms;
}

/** Reads target returns, and the sets that they are over. */
export function listReturns(
  { returns = [] }: PlanRequest,
  directory: Directory,
): { readonly rows: ReturnRow[]; readonly sets: BoundedSet[] } {
  const sets: BoundedSet[] = [];
  const rows = returns.map((one, at): ReturnRow => {
    const field = `returns[${at}]`;
    if (one.over !== null) {
      const id = `${field}.over`;
      const members = directory.find([one.over], id);
      sets.push({ id, members, lo: NOTHING, hi: null });
    }
    const roas = one.leastRoas ?? null;
    return {
      id: `${field}.${roas === null ? "most_cost_micros" : "least_roas"}`,
      set: one.over === null ? null : `${field}.over`,
      roas,
      cost: one.mostCostMicros ?? null,
    };
  });
  return { rows, sets };
}

/** Sets with bounds: groups by name, and parents with bounds or a change limit. */
export function listSets(
  request: PlanRequest,
  candidates: readonly Candidate[],
  directory: Directory,
): BoundedSet[] {
  const { bounds, groups = [] } = request;
  const own = new Set<string>(candidates.map(({ fitted }) => fitted.entity));
  const parents = (Object.keys(bounds) as EntityKey[])
    .filter((key) => !own.has(key))
    .map((key): BoundedSet => {
      const id = `bounds["${key}"]`;
      return {
        id,
        ...pair(id, bounds[key] ?? {}),
        members: directory.find([key], "bounds"),
      };
    });
  const named = groups.map((group, at): BoundedSet => {
    const id = `groups[${at}]`;
    return {
      id,
      ...pair(id, group),
      members: directory.find([group.name], id),
      ...group.mostOn === undefined ? {} : { mostOn: group.mostOn },
    };
  });
  return [
    ...parents,
    ...named,
    ...listChanges(request, { own, candidates, directory }),
  ];
}

function pair(
  field: string,
  { lo, hi }: { readonly lo?: bigint; readonly hi?: bigint },
): Pick<BoundedSet, "lo" | "hi"> {
  return {
    lo: lo === undefined
      ? NOTHING
      : { micros: lo, asked: [`${field}.lo_micros`] },
    hi: hi === undefined ? null : { micros: hi, asked: [`${field}.hi_micros`] },
  };
}

/** Change limits of what is below a parent, all together. */
function listChanges(
  { changeLimit }: PlanRequest,
  { own, candidates, directory }: {
    readonly own: ReadonlySet<string>;
    readonly candidates: readonly Candidate[];
    readonly directory: Directory;
  },
): BoundedSet[] {
  const limits = Object.entries(changeLimit?.of ?? {});
  return limits.filter(([key]) => !own.has(key)).map(([key, permille]) => {
    const id = `change_limit.of["${key}"]`;
    const members = directory.find([key], "change_limit.of");
    let [gone, today] = [0n, 0n];
    for (const at of members) {
      const { spend } = candidates[at] ?? {};
      gone += spend?.gone?.micros ?? 0n;
      today += (candidates[at]?.today ?? 0n) -
        (spend?.microsPerDay ?? 0n) * BigInt(spend?.gone?.days ?? 0);
    }
    const [lo, hi] = moveBy(today, permille);
    return {
      id,
      members,
      lo: { micros: gone + lo, asked: [id] },
      hi: { micros: gone + hi, asked: [id] },
    };
  });
}
