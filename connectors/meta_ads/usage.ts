/**
 * How much of the quota is used, as Meta's headers tell.
 *
 * @see https://developers.facebook.com/docs/graph-api/overview/rate-limiting, read on 2026-11-26
 * @module
 */
import type { HttpAnswer, QuotaHint, QuotaScope } from "@moe/plugin";
import * as z from "zod";

const Percent = z.number().nonnegative().default(0);

/** Per cent of calls and of time. */
const Shares = z.object({
  call_count: Percent,
  total_time: Percent,
  total_cputime: Percent,
});

/** By ad account; one entry for each use case, such as `ads_insights`. */
const UseCases = z.record(
  z.string(),
  z.array(Shares.extend({
    /** Minutes. */
    estimated_time_to_regain_access: z.number().nonnegative().default(0),
  })),
);

const AccountUsage = z.object({
  acc_id_util_pct: Percent,
  /** Seconds. */
  reset_time_duration: z.number().nonnegative().optional(),
});

const InsightsUsage = z.object({
  app_id_util_pct: Percent,
  acc_id_util_pct: Percent,
});

/**
 * Reads the usage headers.
 *
 * @param answer The answer.
 * @returns For each scope that is told of, its tightest share.
 */
export function readQuota({ headers }: HttpAnswer): readonly QuotaHint[] {
  const hints = [
    ...readHeader(headers["x-app-usage"], Shares, (used) => [
      hint("developer", most(used)),
    ]),
    ...readHeader(
      headers["x-fb-ads-insights-throttle"],
      InsightsUsage,
      (used) => [
        hint("developer", used.app_id_util_pct),
        hint("account", used.acc_id_util_pct),
      ],
    ),
    ...readHeader(headers["x-ad-account-usage"], AccountUsage, (used) => [
      hint("account", used.acc_id_util_pct, used.reset_time_duration),
    ]),
    ...readHeader(
      headers["x-business-use-case-usage"],
      UseCases,
      (useCases) =>
        Object.values(useCases).flat().map((used) => {
          const minutes = used.estimated_time_to_regain_access;
          return minutes > 0
            ? hint("account", Math.max(100, most(used)), minutes * 60)
            : hint("account", most(used));
        }),
    ),
  ];
  return (["developer", "account"] as const)
    .flatMap((scope) => tightest(hints, scope));
}

type Hint = Required<QuotaHint> & { readonly usedShare: number };

/** No hints where the header is absent or not what it is said to be. */
function readHeader<T>(
  text: string | undefined,
  schema: z.ZodType<T>,
  read: (value: T) => readonly Hint[],
): readonly Hint[] {
  const parsed = Json.pipe(schema).safeParse(text);
  return parsed.success ? read(parsed.data) : [];
}

const Json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: "custom", message: "it is not JSON" });
    return z.NEVER;
  }
});

function hint(
  scope: QuotaScope,
  percent: number,
  resetSeconds: number | null = null,
): Hint {
  return { scope, remaining: null, usedShare: percent / 100, resetSeconds };
}

function most(
  { call_count: calls, total_time: time, total_cputime: cpu }: z.infer<
    typeof Shares
  >,
): number {
  return Math.max(calls, time, cpu);
}

function tightest(hints: readonly Hint[], scope: QuotaScope): Hint[] {
  return hints.filter((one) => one.scope === scope)
    .toSorted((a, b) =>
      b.usedShare - a.usedShare ||
      (b.resetSeconds ?? 0) - (a.resetSeconds ?? 0)
    )
    .slice(0, 1);
}
