/**
 * Klaviyo's metrics by Segment's names; those that Segment does not know keep
 * theirs. A webhook names the same metric by a topic: `event:klaviyo.opened_email`.
 *
 * @see https://segment.com/docs/connections/spec/email/, read on 2026-11-26
 * @module
 */
import type { EntityIds } from "@moe/plugin";

const NAMES: ReadonlyMap<string, string> = new Map([
  ["received_email", "Email Delivered"],
  ["email_delivered", "Email Delivered"],
  ["opened_email", "Email Opened"],
  ["clicked_email", "Email Link Clicked"],
  ["bounced_email", "Email Bounced"],
  ["marked_email_as_spam", "Email Marked as Spam"],
  ["unsubscribed", "Unsubscribed"],
  ["unsubscribed_from_list", "Unsubscribed"],
  ["unsubscribed_from_email_marketing", "Unsubscribed"],
  ["received_push", "Push Notification Received"],
  ["opened_push", "Push Notification Tapped"],
  ["bounced_push", "Push Notification Bounced"],
  ["viewed_product", "Product Viewed"],
  ["added_to_cart", "Product Added"],
  ["started_checkout", "Checkout Started"],
  ["checkout_started", "Checkout Started"],
  ["placed_order", "Order Completed"],
  ["cancelled_order", "Order Cancelled"],
  ["refunded_order", "Order Refunded"],
]);

const CHANNELS = ["email", "sms", "push"] as const;
const TOPIC = /^event:\s*(?:[a-z0-9_]+\.)?([a-z0-9_]+)$/;
const SMALL: ReadonlySet<string> = new Set(["as", "from", "of", "to"]);

/**
 * Names what happened.
 *
 * @param metric Name of a metric, or topic of a webhook.
 * @returns Segment's name, else the metric's own.
 */
export function typeOf(metric: string): string {
  const topic = TOPIC.exec(metric)?.[1];
  const own = topic === undefined ? metric.trim() : spellOut(topic);
  return NAMES.get(toSlug(own)) ?? own;
}

/**
 * Tells the channel of a metric.
 *
 * @param metric Name of a metric, or topic of a webhook.
 * @returns The channel, where its name tells one.
 */
export function channelOf(metric: string): EntityIds {
  const words = toSlug(metric).split("_");
  const channel = CHANNELS.find((one) => words.includes(one));
  return channel === undefined ? {} : { channel };
}

function toSlug(name: string): string {
  return name.trim().toLowerCase().replaceAll(/[^a-z0-9]+/g, "_");
}

/** `unsubscribed_from_sms_marketing` is Unsubscribed from SMS Marketing. */
function spellOut(topic: string): string {
  return topic.split("_").map((word) => {
    if (word === "sms") return "SMS";
    return SMALL.has(word)
      ? word
      : word.slice(0, 1).toUpperCase() + word.slice(1);
  }).join(" ");
}
