/**
 * What really happened on an advertising account: campaigns, ad groups and ads with
 * daily delivery, and conversions that are credited to the day of the click but
 * become known later, by a known lag. Simulated vendors tell of it in their formats.
 *
 * Ids exceed 2^53 and differ only in their last digits, money is in whole cents,
 * conversions may be fractions, and days are the account's local days.
 *
 * @module
 */
import {
  addDays,
  countDays,
  type Day,
  localTime,
} from "../../core/domain/day.ts";
import { seededRandom } from "../../core/domain/random.ts";
import type { Clock } from "../../core/ports/clock.ts";

/** A named thing. */
export interface Named {
  readonly id: string;
  readonly name: string;
}

/** One ad's day, as it is known now. */
export interface AdDay {
  readonly day: Day;
  readonly campaign: Named;
  readonly adGroup: Named;
  readonly ad: Named;
  readonly impressions: bigint;
  readonly clicks: bigint;
  readonly spendMicros: bigint;
  readonly conversionsMillionths: bigint;
  readonly conversionValueMicros: bigint;
}

/** What an account is made of. */
export interface AdPlan {
  readonly seed: number;
  readonly clock: Clock;
  readonly zone: string;
  readonly currency: string;
  /** First day on which anything was delivered. */
  readonly firstDay: Day;
  readonly campaigns: number;
  readonly adsPerCampaign: number;
  /** Mean days from click to conversion. */
  readonly lagDays: number;
  /** Days after which every conversion is known. */
  readonly settlesDays: number;
  /** Whether conversions are whole numbers. */
  readonly wholeConversions: boolean;
  /** The first campaign's id; the first one above 2^53 if absent. */
  readonly firstId?: bigint;
}

/** An account. */
export interface AdTruth extends Pick<AdPlan, "zone" | "currency"> {
  readonly campaigns: readonly Named[];
  /** Each ad's delivery on a local day, as it is known by the clock; none in the future. */
  on(day: Day): readonly AdDay[];
  /** Multiplies all totals of a day from now on. */
  restate(day: Day, factor: bigint): void;
  /** Takes the first ad out of a day from now on. */
  vanish(day: Day): void;
  /** Daily budget of a campaign, micros. */
  budget(campaign: string): bigint | null;
  setBudget(campaign: string, micros: bigint): void;
  /** The local day of the clock. */
  today(): Day;
}

interface Ad {
  readonly campaign: Named;
  readonly adGroup: Named;
  readonly ad: Named;
}

const FIRST_ID = 9_007_199_254_740_993n;
const CENT = 10_000n;

/**
 * Makes an account.
 *
 * @param plan Its size and seed.
 * @returns The account.
 */
export function createAdTruth(plan: AdPlan): AdTruth {
  const { seed, clock, zone, currency, firstDay } = plan;
  const ads = nameAds(plan);
  const factors = new Map<Day, bigint>();
  const gone = new Set<Day>();
  const campaigns = [...new Map(ads.map(({ campaign }) => [
    campaign.id,
    campaign,
  ])).values()];
  const budgets = new Map(
    campaigns.map(({ id }, at) => [id, BigInt(at + 1) * 50n * 1_000_000n]),
  );
  const today = () => localTime(clock.now(), zone).day;
  return {
    zone,
    currency,
    campaigns,
    today,
    on(day) {
      const age = countDays({ from: day, until: today() });
      if (age < 0 || day < firstDay) return [];
      return ads.slice(gone.has(day) ? 1 : 0).map((ad, at) =>
        deliver(ad, {
          day,
          age,
          plan,
          factor: factors.get(day) ?? 1n,
          seed: seed + countDays({ from: "2020-01-01", until: day }) * 1009 +
            (gone.has(day) ? at + 1 : at),
        })
      );
    },
    restate: (day, factor) => factors.set(day, factor),
    vanish: (day) => gone.add(day),
    budget: (campaign) => budgets.get(campaign) ?? null,
    setBudget: (campaign, micros) => budgets.set(campaign, micros),
  };
}

function nameAds(
  { campaigns, adsPerCampaign, firstId = FIRST_ID }: AdPlan,
): Ad[] {
  const named = (offset: bigint, name: string): Named => ({
    id: String(firstId + offset),
    name,
  });
  return Array.from({ length: campaigns * adsPerCampaign }, (_, at) => {
    const campaign = Math.floor(at / adsPerCampaign);
    return {
      campaign: named(BigInt(campaign), `Spring “${campaign}”, 50 % & more`),
      adGroup: named(1000n + BigInt(campaign), `Group ${campaign}`),
      ad: named(2000n + BigInt(at), `Ad ${at} – größer`),
    };
  });
}

function deliver(
  ad: Ad,
  { day, age, plan, factor, seed }: {
    readonly day: Day;
    readonly age: number;
    readonly plan: AdPlan;
    readonly factor: bigint;
    readonly seed: number;
  },
): AdDay {
  const random = seededRandom(seed);
  const impressions = BigInt(500 + Math.floor(random.next() * 2000));
  const clicks = BigInt(10 + Math.floor(random.next() * 60));
  const cents = BigInt(100 + Math.floor(random.next() * 5000));
  const ultimate = 1 + Math.floor(random.next() * 20);
  const known = age >= plan.settlesDays
    ? 1
    : 1 - Math.exp(-(age + 0.5) / plan.lagDays);
  const conversions = plan.wholeConversions
    ? BigInt(Math.floor(ultimate * known)) * 1_000_000n
    : BigInt(Math.floor(ultimate * known * 1e6));
  return {
    ...ad,
    day,
    impressions: impressions * factor,
    clicks: clicks * factor,
    spendMicros: cents * CENT * factor,
    conversionsMillionths: conversions * factor,
    conversionValueMicros: conversions / CENT * CENT * 25n * factor,
  };
}

/** Every day of a range. */
export function daysOf(
  { from, until }: { readonly from: Day; readonly until: Day },
): Day[] {
  const count = countDays({ from, until });
  return Array.from(
    { length: Math.max(0, count) },
    (_, at) => addDays(from, at),
  );
}
