/**
 * What became of mail that was sent with SendGrid: each message's events as they are
 * pushed, and daily statistics of all mail and of each category.
 *
 * The statistics add opens and clicks to the day of sending for weeks; the vendor
 * names no end, so `settlesDays` is what the operator expects. The two sides tell of
 * the same mail: add up one of them.
 *
 * @see https://www.twilio.com/docs/sendgrid/api-reference, read on 2026-11-26
 * @module
 */
import { defineConnector, mapRecords } from "@moe/plugin";
import * as z from "zod";
import { ask, Config, judge, readQuota } from "./api.ts";
import { verifySignature } from "./signature.ts";
import { categoryDaily, emailDaily } from "./stats.ts";
import { MAX_BODY_BYTES, readEvents, tooLarge, toSignals } from "./webhook.ts";

const User = z.object({
  user_id: z.union([z.string(), z.int()]).transform(String),
});

export default defineConnector<Config>({
  name: "sendgrid",
  apiVersion: 1,
  about: "E-mail events pushed by SendGrid, and its daily statistics",
  // No end was announced on 2026-11-26: the day to look again.
  vendorApi: { version: "v3", sunset: "2027-11-26" },
  config: Config,
  secrets: ["apiKey", "publicKey", "previousPublicKey"],
  hosts: ["api.sendgrid.com", "api.eu.sendgrid.com"],
  emits: ["performance", "event"],
  restatesDays: 30,
  quotaKeys: ({ apiKey = "", onBehalfOf = "" }) => ({
    account: `${apiKey} ${onBehalfOf}`,
  }),
  judge,
  quota: readQuota,
  async account({ config, http }) {
    const user = User.parse(await ask({ config, http }, "/v3/user/username"));
    const { zone, currency, settlesDays } = config;
    return { id: user.user_id, zone, currency, settlesDays, attribution: "" };
  },
  reports: [emailDaily, categoryDaily],
  receive({ config, delivery }) {
    if (delivery.body.length > MAX_BODY_BYTES) {
      throw tooLarge(`${MAX_BODY_BYTES} bytes`);
    }
    verifySignature(delivery, config);
    return readEvents(delivery);
  },
  reread: ({ original }) => mapRecords([JSON.parse(original)], toSignals),
});
