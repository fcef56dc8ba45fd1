/**
 * Clicks on the company's ads, and the orders that follow: the truth for bids.
 *
 * The chance of an order is the placement's conversion share, higher in the
 * evening, lower at night, and higher on a desktop than on a phone.
 *
 * @module
 */
import { addDays, startOfDay } from "../domain/day.ts";
import { seededRandom } from "../domain/random.ts";
import type { Company } from "./company.ts";
import { type Placement, placementsOf } from "./delivery.ts";
import { later, type Message } from "./messages.ts";

/** Devices that are clicked on, with their share of the clicks and the factor on orders. */
export const DEVICES = {
  mobile: { share: 0.6, factor: 0.8 },
  desktop: { share: 0.4, factor: 1.3 },
} as const;

/** A device that is clicked on. */
export type Device = keyof typeof DEVICES;

/** When and on what a click came. */
export interface ClickMoment {
  /** Hour of the day in UTC, 0 to 23. */
  readonly hour: number;
  readonly device: Device;
}

/**
 * Says how likely a click is to be followed by an order.
 *
 * @param placement Where it was.
 * @param moment When and on what.
 * @returns Probability.
 */
export function orderChance(
  { conversionShare }: Pick<Placement, "conversionShare">,
  { hour, device }: ClickMoment,
): number {
  const ofDay = hour >= 18 && hour < 23 ? 1.6 : hour < 7 ? 0.5 : 1;
  return conversionShare * ofDay * DEVICES[device].factor;
}

/**
 * Simulates clicks of the last days.
 *
 * @param company The company.
 * @param options How many clicks, over how many days before the last week.
 * @returns Messages: each click, and the orders among them.
 */
export function simulateClicks(
  company: Company,
  { clicks, days }: { readonly clicks: number; readonly days: number },
): Message[] {
  const { seed, until } = company.options;
  const random = seededRandom(seed + 4);
  const placements = placementsOf(company);
  const from = startOfDay(addDays(until, -7 - days));
  return Array.from({ length: clicks }, (_, index) => {
    const placement = placements[Math.floor(random.next() * placements.length)];
    if (!placement) return [];
    const at = later(from, days * 86_400 * random.next());
    const { campaign } = placement;
    const device = random.next() < DEVICES.mobile.share ? "mobile" : "desktop";
    const properties = {
      "campaign_id": campaign.id,
      "channel_id": campaign.channel,
      "placement_id": placement.id,
      device,
    };
    const visitor = `v-${index + 1}`;
    const click: Message = {
      type: "track",
      event: "Ad Clicked",
      messageId: `click-${index + 1}`,
      userId: visitor,
      timestamp: at,
      properties,
    };
    const hour = new Date(at).getUTCHours();
    const chance = orderChance(placement, { hour, device });
    if (random.next() >= chance) return [click];
    const revenue = Math.round(campaign.valueMicros / 1e4) / 100;
    return [click, {
      ...click,
      event: "Order Completed",
      messageId: `click-order-${index + 1}`,
      timestamp: later(at, 1200),
      properties: { ...properties, revenue, currency: "EUR" },
    }];
  }).flat();
}
