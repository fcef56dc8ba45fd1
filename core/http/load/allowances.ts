/**
 * What tenants may ask for, counted before anything is done for it: requests in a window,
 * more of them in a short one, decisions and plans in a long one, each of one tenant or of
 * all. What is asked for counts, whatever becomes of it.
 *
 * No window admits more than its most, over all nodes. While the store does not answer, what
 * a node holds is spent; then decisions and plans are refused, as they may cost money, and
 * requests are let in up to an eighth of their most on each node.
 *
 * @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/, read on
 * 2026-11-26
 * @module
 */
import type { Deadline } from "../../domain/deadline.ts";
import type { AllowanceWindow } from "../../ports/allowances.ts";
import { ALL_TENANTS } from "../../ports/limits.ts";
import { RetryLater } from "../problem.ts";
import type { Allotments } from "./allotments.ts";

/** What is allowed: `burst` are requests too, in a short window. */
export const ALLOWED = ["requests", "burst", "decisions", "plans"] as const;

/** What is allowed. */
export type Allowed = (typeof ALLOWED)[number];

/** What a request is beside a request. */
export type Counted = "decisions" | "plans";

/** A rule of what is allowed. */
export interface AllowanceRule {
  /** Whose; `*` for all. */
  readonly tenant: string;
  /** Of all: that each has so much, unless it has a rule of its own. */
  readonly apart: boolean;
  readonly of: Allowed;
  readonly most: number;
  /** Length of the window, seconds. */
  readonly seconds: number;
}

/** Whether a request may go on, and what its answer says of allowances. */
export interface Admission {
  readonly headers: Readonly<Record<string, string>>;
  /** Why it may not; null if it may. */
  readonly refusal: RetryLater | null;
}

/** Counts requests. */
export interface Allowances {
  /**
   * Counts a request.
   *
   * @param counted What it is beside a request, if anything.
   * @param deadline Until when it must be answered.
   * @returns At once where the node holds what it takes.
   */
  admit(
    tenant: string,
    counted: Counted | null,
    deadline: Deadline,
  ): Admission | Promise<Admission>;
  /** Gives back what is held and not spent. */
  close(): Promise<void>;
}

/** An allowance as it applies to a tenant. */
interface Applied {
  readonly window: AllowanceWindow;
  readonly of: Allowed;
  /** Whether its tenant is told how it stands: not of one that all share. */
  readonly isTold: boolean;
}

/** What is not counted by the store. */
interface Uncounted {
  readonly endsMs: number;
  count: number;
}

interface Scope {
  readonly allotments: Allotments;
  readonly nowMs: () => number;
  readonly random: () => number;
  readonly uncounted: Map<AllowanceWindow, Uncounted>;
}

/** Part of the time that the store is waited for. */
const ASKING_SHARE = 0.3;
/** One part in so many is let in on each node while the store does not answer. */
const UNCOUNTED_SHARE = 8;
/** Those refused come back spread over so many seconds. */
const SPREAD_SECONDS = 3;
/** Lets in what counts towards nothing. */
export const UNCOUNTED: Admission = { headers: {}, refusal: null };

/** Allows everything. */
export const ALL_ALLOWED: Allowances = {
  admit: () => UNCOUNTED,
  close: () => Promise.resolve(),
};

/** Opens what is allowed. */
export function createAllowances(
  rules: readonly AllowanceRule[],
  given: Omit<Scope, "uncounted">,
): Allowances {
  const scope = { ...given, uncounted: new Map() };
  const known = new Map<string, readonly Applied[]>();
  return {
    admit(tenant, counted, deadline) {
      const all = known.get(tenant) ?? applyTo(tenant, rules);
      known.set(tenant, all);
      const applied = all.filter(({ of }) =>
        of === "requests" || of === "burst" || of === counted
      );
      return admit(scope, applied, deadline);
    },
    close: () => given.allotments.close(),
  };
}

/** The rules that hold for a tenant: its own before those for each. */
function applyTo(
  tenant: string,
  rules: readonly AllowanceRule[],
): readonly Applied[] {
  const own = rules.filter((rule) => rule.tenant === tenant);
  const named = new Set(own.map(({ of }) => of));
  const others = rules.filter((rule) =>
    rule.tenant === ALL_TENANTS && !(rule.apart && named.has(rule.of))
  );
  return [...own, ...others].map(({ tenant: whose, apart, of, ...rule }) => {
    const isShared = whose === ALL_TENANTS && !apart;
    const { most, seconds } = rule;
    return {
      ...{ of, isTold: !isShared },
      window: isShared
        ? { tenant: ALL_TENANTS, allowance: `all-${of}`, most, seconds }
        : { tenant, allowance: `tenant-${of}`, most, seconds },
    };
  });
}

/** What was counted, and in which window; null where the store did not count it. */
interface Spent {
  readonly window: AllowanceWindow;
  readonly start: number | null;
}

/** Counts all or none; waits only where something is to be asked of the store. */
function admit(
  scope: Scope,
  applied: readonly Applied[],
  deadline: Deadline,
): Admission | Promise<Admission> {
  const spent: Spent[] = [];
  for (const { window } of applied) {
    const start = scope.allotments.spend(window);
    if (typeof start !== "number") {
      return admitLater(scope, { applied, spent, asked: start }, deadline);
    }
    spent.push({ window, start });
  }
  return { headers: headersOf(scope, applied), refusal: null };
}

/** Goes on where one had to be asked for. */
async function admitLater(
  scope: Scope,
  { applied, spent, asked: first }: {
    readonly applied: readonly Applied[];
    readonly spent: Spent[];
    readonly asked: Promise<number | null>;
  },
  deadline: Deadline,
): Promise<Admission> {
  let refusal: RetryLater | null = null;
  let asked: number | Promise<number | null> | null = first;
  for (const one of applied.slice(spent.length)) {
    asked ??= scope.allotments.spend(one.window);
    const outcome = await outcomeOf(scope, one, { asked, deadline });
    if (typeof outcome === "string") {
      refusal = refused(scope, one, outcome);
      break;
    }
    spent.push(outcome);
    asked = null;
  }
  if (refusal !== null) {
    for (const { window, start } of spent) {
      if (start !== null) scope.allotments.putBack(window, start);
    }
  }
  return { headers: headersOf(scope, applied), refusal };
}

async function outcomeOf(
  scope: Scope,
  { window, of }: Applied,
  { asked, deadline }: {
    readonly asked: number | Promise<number | null>;
    readonly deadline: Deadline;
  },
): Promise<Spent | "used up" | "unknown"> {
  if (typeof asked === "number") return { window, start: asked };
  try {
    const start = await deadline.part(ASKING_SHARE).within(asked);
    return start === null ? "used up" : { window, start };
  } catch {
    asked.then((start) => {
      if (start !== null) scope.allotments.putBack(window, start);
    }).catch(() => {});
    if (of === "decisions" || of === "plans") return "unknown";
    return spendUncounted(scope, window) ? { window, start: null } : "used up";
  }
}

/** Lets a part of the most in, by the clock of this node. */
function spendUncounted(
  { uncounted, nowMs }: Scope,
  window: AllowanceWindow,
): boolean {
  const known = uncounted.get(window);
  const now = nowMs();
  const one = known !== undefined && now < known.endsMs
    ? known
    : { endsMs: now + window.seconds * 1000, count: 0 };
  uncounted.set(window, one);
  if (one.count >= Math.ceil(window.most / UNCOUNTED_SHARE)) return false;
  one.count += 1;
  return true;
}

function refused(
  { allotments, nowMs, random }: Scope,
  { window }: Applied,
  outcome: "used up" | "unknown",
): RetryLater {
  const { endsMs } = allotments.standing(window);
  const seconds = endsMs === null ? 0 : Math.ceil((endsMs - nowMs()) / 1000);
  const spread = Math.floor(random() * SPREAD_SECONDS);
  const retryAfterSeconds = Math.max(1, seconds) + spread;
  const { allowance } = window;
  return outcome === "used up"
    ? new RetryLater(
      "rate_limited",
      `Cannot admit request: the quota "${allowance}" is used up for now`,
      { retryAfterSeconds, violated: [allowance] },
    )
    : new RetryLater(
      "store_unavailable",
      `Cannot admit request: it is not known what is left of the quota "${allowance}"`,
      { retryAfterSeconds: 1 + spread },
    );
}

function headersOf(
  { allotments, nowMs }: Scope,
  applied: readonly Applied[],
): Record<string, string> {
  const policies: string[] = [];
  const standings: string[] = [];
  for (const { isTold, window } of applied) {
    if (!isTold) continue;
    const { allowance, most, seconds } = window;
    policies.push(`"${allowance}";q=${most};w=${seconds}`);
    const { left, endsMs } = allotments.standing(window);
    if (left === null || endsMs === null) continue;
    const ends = Math.max(0, Math.ceil((endsMs - nowMs()) / 1000));
    standings.push(`"${allowance}";r=${left};t=${ends}`);
  }
  if (policies.length === 0) return {};
  return {
    "ratelimit-policy": policies.join(", "),
    ...standings.length > 0 && { ratelimit: standings.join(", ") },
  };
}
