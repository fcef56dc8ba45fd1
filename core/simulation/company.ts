/**
 * A made-up company whose truth is known: what each campaign's spend does is
 * decided here, and everything else follows from it.
 *
 * Revenue of a campaign on day t, in currency units:
 *
 *     a[t] = (1 − decay)·x[t] + decay·a[t − 1]
 *     y[t] = base·(1 + week[t] + year[t]) + ceiling·a^slope/(half^slope + a^slope) + noise
 *
 * Budgets move in regimes, with pulses, quieter weekends and pauses, so that the
 * curves can be told from the season.
 *
 * @module
 */
import { addDays, type Day, DAY_MS } from "../domain/day.ts";
import { carryOver } from "../../models/math/adstock.ts";
import { type Random, seededRandom } from "../domain/random.ts";
import { respond } from "../domain/response.ts";
import type { ResponseCurve } from "../domain/score.ts";

/** Micros in a unit of currency, as a float. */
const UNIT = 1e6;

/** How big the company is, and when its data ends. */
export interface CompanyOptions {
  /** Seed of every random choice. */
  readonly seed: number;
  /** The day after the last one simulated. */
  readonly until: Day;
  /** Days of history. */
  readonly days: number;
}

/** One campaign and its truth. */
export interface Campaign {
  readonly id: string;
  readonly channel: string;
  /** Share of the adstock that lasts into the next day. */
  readonly decay: number;
  /** Revenue micros a day of steady spend in micros a day. */
  readonly curve: ResponseCurve;
  /** Revenue micros a day without any spend. */
  readonly baseMicros: number;
  /** Price of a click, micros. */
  readonly clickMicros: number;
  /** Value of a conversion, micros. */
  readonly valueMicros: number;
  /** Spend, micros a day, shape [days]. */
  readonly spend: Float64Array;
  /** Revenue without noise, micros a day, shape [days]. */
  readonly expected: Float64Array;
  /** Revenue as it happened, micros a day, shape [days]. */
  readonly revenue: Float64Array;
}

/** A company and its days. */
export interface Company {
  readonly options: CompanyOptions;
  readonly days: readonly Day[];
  readonly campaigns: readonly Campaign[];
}

interface Channel {
  readonly name: string;
  readonly campaigns: number;
  readonly decay: number;
  readonly slope: number;
  /** Typical spend of a campaign, units a day. */
  readonly spend: number;
  /** Revenue at typical spend ÷ that spend. */
  readonly roas: number;
  readonly click: number;
}

const CHANNELS: readonly Channel[] = [
  ...[
    ["search", 3, 0.1, 1, 900, 4.2, 0.9],
    ["social", 3, 0.35, 1.3, 700, 3.1, 0.6],
    ["video", 2, 0.55, 1.9, 1200, 2.4, 1.4],
    ["display", 2, 0.4, 1.6, 500, 1.9, 0.4],
    ["affiliate", 2, 0.05, 0.9, 300, 5.0, 0.7],
  ] as const,
].map(([name, campaigns, decay, slope, spend, roas, click]) => ({
  name,
  campaigns,
  decay,
  slope,
  spend,
  roas,
  click,
}));

const REGIMES = [0, 0.25, 0.5, 0.8, 1, 1.2, 1.6, 2.2];
const NOISE_SHARE = 0.04;

/**
 * Simulates a company.
 *
 * @param options Size and seed.
 * @returns The same company for the same options.
 */
export function simulateCompany(options: CompanyOptions): Company {
  const random = seededRandom(options.seed);
  const first = addDays(options.until, -options.days);
  const days = Array.from(
    { length: options.days },
    (_, index) => addDays(first, index),
  );
  const campaigns = CHANNELS.flatMap((channel) =>
    Array.from(
      { length: channel.campaigns },
      (_, index) =>
        simulateCampaign({ channel, number: index + 1, days }, random),
    )
  );
  return { options, days, campaigns };
}

function simulateCampaign(
  { channel, number, days }: {
    channel: Channel;
    number: number;
    days: readonly Day[];
  },
  random: Random,
): Campaign {
  const typical = channel.spend * between(random, 0.6, 1.5) * UNIT;
  const curve = drawCurve(channel, typical, random);
  const decay = channel.decay * between(random, 0.8, 1.2);
  const baseMicros = 0.15 * curve.ceiling;
  const spend = drawSpend(days, typical, random);
  const adstock = carryOver(spend, decay);
  const expected = adstock.map((level, day) =>
    baseMicros * season(days[day] ?? "") + respond(curve, level)
  );
  const noise = NOISE_SHARE * curve.ceiling;
  return {
    id: `${channel.name}-${number}`,
    channel: channel.name,
    decay,
    curve,
    baseMicros,
    clickMicros: channel.click * between(random, 0.8, 1.2) * UNIT,
    valueMicros: between(random, 45, 90) * UNIT,
    spend,
    expected,
    revenue: expected.map((level) =>
      Math.max(0, Math.round(level + noise * random.normal()))
    ),
  };
}

/** A hill through the channel's return at typical spend. */
function drawCurve(channel: Channel, typical: number, random: Random) {
  const slope = channel.slope * between(random, 0.9, 1.1);
  const half = typical * between(random, 0.9, 1.6);
  const share = 1 / (1 + (half / typical) ** slope);
  const ceiling = channel.roas * between(random, 0.8, 1.2) * typical / share;
  return { type: "hill", ceiling, half, slope } as const;
}

function drawSpend(
  days: readonly Day[],
  typical: number,
  random: Random,
): Float64Array {
  let level = 1;
  let left = 0;
  return Float64Array.from(days, (day) => {
    if (left-- <= 0) {
      level = REGIMES[Math.floor(random.next() * REGIMES.length)] ?? 1;
      left = 7 + Math.floor(random.next() * 28);
    }
    const weekend = [0, 6].includes(weekdayOf(day)) ? 0.75 : 1;
    const pulse = random.next() < 0.04 ? between(random, 1.5, 2.5) : 1;
    const jitter = Math.exp(0.12 * random.normal());
    return Math.round(typical * level * weekend * pulse * jitter);
  });
}

/** Around 1: higher at the end of the week and of the year. */
function season(day: Day): number {
  const year = Date.parse(day) / DAY_MS / 365.25;
  const week = weekdayOf(day) / 7;
  return 1 + 0.25 * Math.cos(2 * Math.PI * (year - 0.92)) +
    0.1 * Math.cos(2 * Math.PI * (week - 0.75));
}

function weekdayOf(day: Day): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay();
}

/** Uniform in [low, high). */
export function between(random: Random, low: number, high: number): number {
  return low + (high - low) * random.next();
}
