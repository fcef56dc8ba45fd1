/**
 * What a configuration must hold.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Config } from "./config.ts";

const ACCOUNT = { accountId: "1", appId: "2", accessToken: "t" };

Deno.test.each([
  {
    note: "a sum and its part",
    types: ["omni_purchase", "offsite_conversion.fb_pixel_purchase"],
    holds: false,
  },
  { note: "two sums", types: ["purchase", "omni_purchase"], holds: false },
  { note: "one type twice", types: ["lead", "lead"], holds: false },
  {
    note: "a sum and its grouped part",
    types: ["lead", "onsite_conversion.lead_grouped"],
    holds: false,
  },
  {
    note: "parts of different places",
    types: [
      "offsite_conversion.fb_pixel_purchase",
      "app_custom_event.fb_mobile_purchase",
    ],
    holds: true,
  },
  { note: "different events", types: ["omni_purchase", "lead"], holds: true },
])("meta_ads: conversionActions with $note", ({ types, holds }) => {
  const parse = () => Config.parse({ ...ACCOUNT, conversionActions: types });
  if (holds) parse();
  else assert.throws(parse, /counted twice/);
});
