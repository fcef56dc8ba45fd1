/**
 * Klaviyo, simulated: `GET /api/events` of revision 2026-07-15, and the signed
 * deliveries of a system webhook.
 *
 * Events become known some minutes after they happened, one is dated a month ahead,
 * two share each moment, numbers of orders exceed 2^53 and values come with
 * exponents.
 *
 * @see https://developers.klaviyo.com/en/reference/get_events, read on 2026-11-26
 * @see https://developers.klaviyo.com/en/docs/rate_limits_and_error_handling, read on 2026-11-26
 * @module
 */
import { createHmac } from "node:crypto";
import type { DayRange, Instant } from "../../core/domain/day.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Delivery } from "../../plugins/contract.ts";
import type { Fault, Vendor } from "../../plugins/conformance/vendor.ts";
import { createGate, createShuffle, jsonAnswer } from "./gate.ts";
import {
  type KlaviyoEvent,
  listEvents,
  printExact,
  printPage,
  toResource,
} from "./klaviyo_events.ts";
import {
  answerError,
  type EventQuestion,
  parseQuestion,
  printCursor,
} from "./klaviyo_question.ts";

const API_KEY = "pk_0123456789abcdef0123456789abcdef01";
const WEBHOOK_SECRET = "a-secret-of-the-webhook";
const WEBHOOK_ID = "a8b890458b4bbfaa26d961471b83c101";
const REVISION = "2026-07-15";
const PATH = "/api/events";
const STEADY = 3500;
const LIMITS = [
  { scope: "endpoint", path: PATH, calls: 350, perSeconds: 1 },
  { scope: "endpoint", path: PATH, calls: STEADY, perSeconds: 60 },
] as const;
const WAIT_SECONDS = 18;
const FAULTS: readonly Fault[] = [
  "throttled_header",
  "duplicated_page",
  "reordered",
];

/** Klaviyo, with the deliveries that it pushes. */
export interface KlaviyoVendor extends Vendor {
  /** A signed delivery of the events of a day. */
  deliver(day: string): Delivery;
}

/**
 * Makes a simulated Klaviyo account.
 *
 * @param options Its time.
 * @returns The vendor.
 */
export function createKlaviyoVendor(
  { clock }: { readonly clock: Clock },
): KlaviyoVendor {
  const gate = createGate(clock, LIMITS);
  const shuffle = createShuffle();
  const known = () => listEvents(clock.now());

  function answer(request: Request): Response {
    const url = new URL(request.url);
    const early = gate.enter(url.pathname);
    if (early || gate.plays("throttled_header")) return throttle();
    const refusal = refuse(request, url);
    if (refusal !== null) return refusal;
    const question = parseQuestion(url);
    if (question instanceof Response) return question;
    return jsonAnswer(answerPage(question, url), {
      headers: {
        "content-type": "application/vnd.api+json",
        "ratelimit-limit": String(STEADY),
        "ratelimit-remaining": String(STEADY - 1),
        "ratelimit-reset": "60",
      },
    });
  }

  function throttle(): Response {
    gate.close(WAIT_SECONDS);
    return answerError(429, {
      code: "throttled",
      title: "Request was throttled.",
      detail: `Expected available in ${WAIT_SECONDS} seconds.`,
    }, { "retry-after": String(WAIT_SECONDS) });
  }

  function answerPage(question: EventQuestion, { search }: URL): string {
    const { after, size } = question;
    const matching = known().filter(({ at }) => question.matches(at));
    const rest = matching.filter((one) => after === null || keyOf(one) > after);
    const first = matching.length - rest.length;
    const again = first > 0 && gate.plays("duplicated_page") ? 1 : 0;
    const page = matching.slice(first - again, first + size);
    const last = page.at(-1);
    const self = `https://a.klaviyo.com${PATH}${search}`;
    const next = new URL(self);
    if (last) next.searchParams.set("page[cursor]", printCursor(keyOf(last)));
    return printPage(
      gate.plays("reordered") ? shuffle(page) : page,
      question,
      { self, next: rest.length > size ? next.href : null, prev: null },
    );
  }

  return {
    config: {
      apiKey: API_KEY,
      webhookSecret: WEBHOOK_SECRET,
      previousWebhookSecret: "the-secret-of-the-webhook-before",
      currency: "EUR",
      pageSize: 30,
    },
    faults: FAULTS,
    answer: (request) => Promise.resolve(answer(request)),
    play: gate.play,
    ledger: gate.ledger,
    expectedRows: () => [],
    expectedEvents: (range) =>
      known().filter(({ at }) => at < clock.now() && isWithin(at, range))
        .map(({ id, metric: { type }, at: occurredAt }) => ({
          eventId: id,
          type,
          occurredAt,
        })),
    deliver: (day) =>
      sign(known().filter(({ at }) => at.startsWith(day)), clock.now()),
  };
}

function isWithin(at: Instant, range: DayRange | null): boolean {
  const day = at.slice(0, 10);
  return range === null || (day >= range.from && day < range.until);
}

function sign(events: readonly KlaviyoEvent[], now: Instant): Delivery {
  const body = new TextEncoder().encode(printExact({
    data: events.map((event) => ({
      ["external_id"]: event.id,
      topic: event.metric.topic,
      payload: { data: toResource(event) },
    })),
    meta: {
      timestamp: now.replace("Z", "000+00:00"),
      ["klaviyo_webhook_id"]: WEBHOOK_ID,
      version: REVISION,
    },
  }));
  const timestamp = new Date(now).toUTCString();
  const signature = createHmac("sha256", WEBHOOK_SECRET).update(body)
    .update(timestamp).digest("hex");
  return {
    headers: {
      "klaviyo-webhook-id": WEBHOOK_ID,
      "klaviyo-signature": signature,
      "klaviyo-timestamp": timestamp,
    },
    body,
    receivedAt: now,
  };
}

function refuse(request: Request, url: URL): Response | null {
  if (url.pathname !== PATH || request.method !== "GET") {
    return answerError(404, {
      code: "not_found",
      title: "Not found.",
      detail: "The path could not be found.",
    });
  }
  if (request.headers.get("authorization") !== `Klaviyo-API-Key ${API_KEY}`) {
    return answerError(401, {
      code: "not_authenticated",
      title: "Authentication credentials were not provided.",
      detail: "Missing or invalid private key.",
    });
  }
  if (request.headers.get("revision") === REVISION) return null;
  return answerError(400, {
    code: "invalid",
    title: "Invalid input.",
    detail: "The revision header is missing or unknown.",
    source: { pointer: "/headers/revision" },
  });
}

function keyOf({ at, id }: KlaviyoEvent): string {
  return `${at}::${id}`;
}
