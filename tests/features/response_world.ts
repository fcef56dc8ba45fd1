/**
 * Clicks with orders that come late, and bids in auctions whose prices are known: a
 * world that response models are trained on through the real stores.
 *
 * @module
 */
import { DAY_MS, type Instant } from "../../core/domain/day.ts";
import { type Random, seededRandom } from "../../core/domain/random.ts";
import type { EventSignal } from "../../core/domain/signal.ts";
import type { FeatureView } from "../../core/domain/feature.ts";
import { subjectEvent } from "../stores/cases.ts";
import { eventView, feature } from "../stores/views.ts";

/** Days in which an order counts for a click. */
export const WITHIN_DAYS = 14;
/** Mean delay of an order, days, drawn again beyond {@link WITHIN_DAYS}. */
export const DELAY_DAYS = 6;

const CHANCES = { old: 0.3, new: 0.15 } as const;
const VALUES = { phone: 20, desktop: 60 } as const;
const MIDDLE_MICROS = { phone: 1e6, desktop: 3e6 } as const;

/** A campaign: one has run for long, one began within the days. */
export type Campaign = keyof typeof CHANCES;
/** What was clicked on. */
export type Device = keyof typeof VALUES;

/** Chance that a click brings an order in the end. */
export function orderChance(campaign: Campaign): number {
  return CHANCES[campaign];
}

/** Expected value of an order, units of currency. */
export function orderValue(device: Device): number {
  return VALUES[device];
}

/** Chance that a bid wins: prices are log-logistic. */
export function winChance(device: Device, bidMicros: number): number {
  return 1 / (1 + (MIDDLE_MICROS[device] / bidMicros) ** 3);
}

/** What the events of the world say of themselves. */
export const CLICK_VIEW: FeatureView = {
  ...eventView(
    feature("device", { how: "request", of: "device", as: "category" }, {
      about: "Device",
    }),
    feature("campaign", { how: "request", of: "campaign", as: "category" }, {
      about: "Campaign",
    }),
    feature("bid_micros", { how: "request", of: "bid_micros", as: "number" }, {
      about: "Bid, micros",
    }),
  ),
  name: "auction",
  about: "What a request says",
  purposes: ["optimization"],
  source: { grain: "request" },
};

/** Clicks of the last 40 days, and the orders of them that have come by `now`. */
export function drawClicks(count: number, now: Instant): EventSignal[] {
  const random = seededRandom(1);
  return Array.from({ length: count }, (_, place) => {
    const ageDays = 40 * (1 - place / count);
    const isNew = ageDays < 0.8 * WITHIN_DAYS && random.next() < 0.9;
    const campaign = isNew ? "new" : "old";
    const device = drawDevice(random);
    const entities = { subject: `visitor-${place}` };
    const click = subjectEvent(`click-${place}`, ago(now, ageDays), {
      type: "Ad Clicked",
      entities,
      properties: { device, campaign },
    });
    if (random.next() >= orderChance(campaign)) return [click];
    const delay = drawDelay(random);
    const size = orderValue(device) * Math.exp(0.5 * random.normal() - 0.125);
    if (delay >= ageDays) return [click];
    return [
      click,
      subjectEvent(`order-${place}`, ago(now, ageDays - delay), {
        type: "Order Completed",
        entities,
        valueMicros: BigInt(Math.round(1e6 * size)),
        currency: "EUR",
      }),
    ];
  }).flat();
}

/** Bids of the last 40 days; a win tells the best other bid. */
export function drawAuctions(count: number, now: Instant): EventSignal[] {
  const random = seededRandom(2);
  return Array.from({ length: count }, (_, place) => {
    const ageDays = 40 * (1 - place / count);
    const device = drawDevice(random);
    const bid = Math.round(1.5e6 * Math.exp(0.7 * random.normal()));
    const even = random.next();
    const price = MIDDLE_MICROS[device] * (even / (1 - even)) ** (1 / 3);
    const entities = { subject: `auction-${place}` };
    const made = subjectEvent(`bid-${place}`, ago(now, ageDays), {
      type: "Bid Made",
      entities,
      properties: { device, "bid_micros": bid },
    });
    if (bid < price) return [made];
    return [
      made,
      subjectEvent(`win-${place}`, ago(now, ageDays - 1e-5), {
        type: "Auction Won",
        entities,
        valueMicros: BigInt(Math.round(price)),
        currency: "EUR",
      }),
    ];
  }).flat();
}

function drawDevice(random: Random): Device {
  return random.next() < 0.6 ? "phone" : "desktop";
}

function drawDelay(random: Random): number {
  let days = Infinity;
  while (days > WITHIN_DAYS) days = -DELAY_DAYS * Math.log(1 - random.next());
  return days;
}

function ago(now: Instant, days: number): Instant {
  return new Date(Date.parse(now) - days * DAY_MS).toISOString();
}
