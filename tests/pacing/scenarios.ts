/**
 * Worlds in which things go wrong, drawn from a seed.
 *
 * @module
 */
import { type Random, seededRandom } from "../../core/domain/random.ts";
import {
  type Auctions,
  drawAuctions,
  type Shock,
  START_MS,
  type World,
} from "./auctions.ts";
import { PROMPT, RULES, type Setting } from "./bidding.ts";
import type { Caps } from "./hindsight.ts";

/** A world, its auctions, and how they are bid on. */
export interface Scenario {
  readonly world: World;
  readonly auctions: Auctions;
  readonly setting: Setting;
}

/** Kinds of trouble. */
export const TROUBLES = [
  "traffic up",
  "traffic down",
  "exchange down",
  "bidder down",
  "prices up",
  "prices down",
  "late notices",
  "lost notices",
] as const;

/** A kind of trouble. */
export type Trouble = typeof TROUBLES[number];

/** Hours in which shocks strike, so that a day has been seen before. */
const [FIRST_HOUR, LONGEST] = [26, 6];

/** Caps that buy a share of everything, by day or as a whole. */
export function capsFor(
  auctions: Auctions,
  { share, days, daily }: {
    readonly share: number;
    readonly days: number;
    readonly daily: boolean;
  },
): Caps {
  const all = auctions.rival.reduce((sum, rival) => sum + rival, 0);
  const dayCapMicros = Math.floor(share * all / days);
  return {
    capMicros: dayCapMicros * days,
    dayCapMicros: daily ? dayCapMicros : null,
  };
}

/** Draws a scenario in which some troubles strike; all of it follows from the seed. */
export function drawScenario(
  seed: number,
  troubles: readonly Trouble[],
): Scenario {
  const random = seededRandom(seed);
  const struck = troubles.map((trouble) => strike(trouble, random));
  const world: World = {
    seed,
    days: 4,
    perHour: 200 + 400 * random.next(),
    trafficSwing: 0.7 * random.next(),
    priceSwing: 0.4 * random.next(),
    shocks: struck.flatMap(({ shock }) => shock ? [shock] : []),
  };
  const auctions = drawAuctions(world);
  const downs = struck.flatMap(({ down }) => down ? [down] : []);
  const isLost = troubles.includes("lost notices");
  const setting: Setting = {
    ...capsFor(auctions, {
      share: 0.05 + 0.3 * random.next(),
      days: world.days,
      daily: random.next() < 0.5,
    }),
    seed,
    isFirstPrice: random.next() < 0.5,
    telling: {
      ...PROMPT,
      noticeMs: troubles.includes("late notices") ? 1_200_000 : 5000,
      lost: isLost ? 0.05 : 0,
      twice: isLost ? 0.05 : 0,
      reportMs: isLost ? 3_600_000 : 900_000,
    },
    silence: null,
    rules: RULES,
    nodes: 1,
    deaths: 0,
    faults: null,
    outcomes: null,
    isDown: (at) => downs.some(([from, until]) => at >= from && at < until),
  };
  return { world, auctions, setting };
}

function strike(trouble: Trouble, random: Random): {
  readonly shock?: Shock;
  readonly down?: readonly [number, number];
} {
  const fromHour = FIRST_HOUR + Math.floor(60 * random.next());
  const span = {
    fromHour,
    untilHour: fromHour + 0.5 + (LONGEST - 0.5) * random.next(),
  };
  const strikes = {
    "traffic up": { shock: { ...span, traffic: 5 } },
    "traffic down": { shock: { ...span, traffic: 0.2 } },
    "exchange down": { shock: { ...span, traffic: 0 } },
    "prices up": { shock: { ...span, price: 2 } },
    "prices down": { shock: { ...span, price: 0.5 } },
    "late notices": {},
    "lost notices": {},
    "bidder down": {
      down: [
        START_MS + span.fromHour * 3_600_000,
        START_MS + span.untilHour * 3_600_000,
      ] as const,
    },
  };
  return strikes[trouble];
}
