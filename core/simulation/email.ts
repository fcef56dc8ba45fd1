/**
 * A randomised e-mail campaign: two creatives and a control, drawn with equal
 * chance, on people whose reaction to each is known.
 *
 * The chance of a visit within two weeks is logistic in the person's attributes,
 * plus what the creative adds: `new-arrivals` moves recent, good customers and
 * annoys those long gone; `win-back` moves newcomers.
 *
 * @module
 */
import { addDays, type Day, startOfDay } from "../domain/day.ts";
import { type Random, seededRandom } from "../domain/random.ts";
import { later, type Message } from "./messages.ts";

/** The arms; the last does nothing. */
export const ARMS = ["new-arrivals", "win-back", "none"] as const;

/** One of the arms. */
export type Arm = (typeof ARMS)[number];

/** A person, and the truth about them. */
export interface Subject {
  readonly id: string;
  readonly recency: number;
  readonly history: number;
  readonly newbie: 0 | 1;
  readonly mens: 0 | 1;
  readonly zip: "Rural" | "Suburban" | "Urban";
  readonly channel: "Phone" | "Web" | "Multichannel";
  /** Arm that was drawn. */
  readonly arm: Arm;
  /** True chance of a visit under each arm. */
  readonly visitChance: Readonly<Record<Arm, number>>;
}

/** The campaign and what it pushed. */
export interface EmailCampaign {
  readonly subjects: readonly Subject[];
  readonly messages: readonly Message[];
}

/**
 * Simulates the campaign; the mails go out 28 days before the end.
 *
 * @param options Seed, number of people, and the day after the last.
 * @returns People with their truth, and the messages.
 */
export function simulateEmail(
  { seed, subjects: count, until }: {
    readonly seed: number;
    readonly subjects: number;
    readonly until: Day;
  },
): EmailCampaign {
  const random = seededRandom(seed + 3);
  const subjects = Array.from(
    { length: count },
    (_, index) => drawSubject(`s-${index + 1}`, random),
  );
  const sentOn = addDays(until, -28);
  return {
    subjects,
    messages: subjects.flatMap((subject) => tell(subject, sentOn, random)),
  };
}

function drawSubject(id: string, random: Random): Subject {
  const recency = 1 + Math.floor(12 * random.next() ** 1.3);
  const history = Math.round(100 * Math.exp(4.9 + 0.8 * random.normal())) / 100;
  const newbie = random.next() < 0.5 ? 1 : 0;
  const mens = random.next() < 0.55 ? 1 : 0;
  const zip = pick(["Rural", "Suburban", "Urban"] as const, random);
  const channel = pick(["Phone", "Web", "Multichannel"] as const, random);
  const usual = -2.6 - 0.09 * recency + 0.35 * Math.log(history / 100) +
    0.25 * mens + (channel === "Web" ? 0.2 : 0);
  const visitChance = {
    "new-arrivals": logistic(usual + (recency <= 6 ? 0.9 : -0.4)),
    "win-back": logistic(usual + (newbie === 1 ? 0.7 : 0.1)),
    none: logistic(usual),
  };
  const arm = pick(ARMS, random);
  return {
    ...{ id, recency, history, newbie, mens, zip, channel, arm },
    visitChance,
  };
}

function tell(subject: Subject, sentOn: Day, random: Random): Message[] {
  const { id, recency, history, newbie, mens, zip, channel, arm } = subject;
  const sentAt = later(startOfDay(sentOn), 7 * 3600 + 3600 * random.next());
  const common = { "campaign_id": "email-1", "channel_id": "email" };
  const message = (
    event: string,
    seconds: number,
    properties: Message["properties"],
  ): Message => ({
    type: "track",
    event,
    messageId: `${event.toLowerCase().replaceAll(" ", "-")}-${id}`,
    userId: id,
    timestamp: later(sentAt, seconds),
    properties,
  });
  const messages = [
    message("Audience Profiled", -86_400, {
      ...{ recency, history, newbie, mens, zip_code: zip, channel },
    }),
    message("Email Assigned", 0, { ...common, arm }),
  ];
  if (random.next() >= subject.visitChance[arm]) return messages;
  const visitSeconds = 13 * 86_400 * random.next();
  messages.push(message("Page Viewed", visitSeconds, common));
  if (random.next() < 0.12) {
    messages.push(message("Order Completed", visitSeconds + 900, {
      ...common,
      revenue: Math.round(4000 + 8000 * random.next()) / 100,
      currency: "EUR",
    }));
  }
  return messages;
}

function pick<T>(from: readonly [T, ...T[]], random: Random): T {
  return from[Math.floor(random.next() * from.length)] ?? from[0];
}

function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
