/**
 * The ad account's facts. Attribution is a setting of each ad set; since June 2025
 * it rules whatever a question asks for. The label therefore tells the longest
 * window of each kind among the account's ad sets, and begins with `mixed` where
 * they differ, since Meta then withholds conversions from sums over them.
 *
 * @see https://developers.facebook.com/docs/marketing-api/reference/ad-campaign/, read on 2026-11-26
 * @module
 */
import type { Lent, SourceAccount } from "@moe/plugin";
import * as z from "zod";
import type { Config } from "./config.ts";
import { callGraph, readPages } from "./graph.ts";

/** Days after which Meta changes nothing any more. */
export const FROZEN_AFTER_DAYS = 28;

/** Days for which a server may hold an event back before it sends it. */
const SENT_LATE_DAYS = 7;

const KINDS: Readonly<Record<string, string>> = {
  CLICK_THROUGH: "click",
  VIEW_THROUGH: "view",
  ENGAGED_VIDEO_VIEW: "engaged_view",
};

const Account = z.object({
  account_id: z.union([z.string(), z.int()]).transform(String),
  currency: z.string(),
  timezone_name: z.string(),
});

const AdSet = z.object({
  attribution_spec: z.array(
    z.object({ event_type: z.string(), window_days: z.int().nonnegative() }),
  ).default([]),
});

type Windows = z.infer<typeof AdSet>["attribution_spec"];

/** Asks for currency, zone and the windows of the ad sets. */
export async function readAccount(lent: Lent<Config>): Promise<SourceAccount> {
  const path = `act_${lent.config.accountId}`;
  const { account_id: id, currency, timezone_name: zone } = Account.parse(
    await callGraph(lent, path, {
      query: { fields: "account_id,currency,timezone_name" },
    }),
  );
  const settings = new Set<string>();
  const windows: Windows[number][] = [];
  const query = { fields: "attribution_spec" };
  for await (const page of readPages(lent, `${path}/adsets`, query)) {
    for (const { attribution_spec: spec } of z.array(AdSet).parse(page)) {
      if (spec.length > 0) settings.add(nameWindows(spec));
      windows.push(...spec);
    }
  }
  const label = nameWindows(windows);
  return {
    id,
    currency,
    zone,
    attribution: settings.size > 1 ? `mixed_${label}` : label,
    settlesDays: settleDays(windows),
  };
}

/** Whether ad sets of the account are credited by different windows. */
export function isMixed({ attribution }: SourceAccount): boolean {
  return attribution.startsWith("mixed_");
}

/** The longest window of each kind, such as `click_7d_view_1d`. */
function nameWindows(windows: Windows): string {
  const longest = new Map<string, number>();
  for (const { event_type: type, window_days: days } of windows) {
    const kind = KINDS[type] ?? type.toLowerCase();
    longest.set(kind, Math.max(days, longest.get(kind) ?? 0));
  }
  return [...longest].map(([kind, days]) => `${kind}_${days}d`).sort()
    .join("_");
}

function settleDays(windows: Windows): number {
  if (windows.length === 0) return FROZEN_AFTER_DAYS;
  const longest = Math.max(...windows.map(({ window_days: days }) => days));
  return Math.min(FROZEN_AFTER_DAYS, longest + SENT_LATE_DAYS);
}
