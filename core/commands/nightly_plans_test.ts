/**
 * Settings of nightly plans are read whole, or refused by name.
 *
 * @module
 */
import assert from "node:assert/strict";
import { parseNightlyPlans } from "./nightly_plans.ts";

const SETTING = { tenant: "acme", days: 7, currency: "EUR" };

Deno.test.each([
  { note: "not a list", given: {}, message: /MOE_PLANS/ },
  {
    note: "of no days",
    given: [{ ...SETTING, days: 0 }],
    message: /0\.days/,
  },
  { note: "odd", given: [{ ...SETTING, tenant: "a b" }], message: /0\.tenant/ },
  {
    note: "odd",
    given: [{ ...SETTING, currency: "eur" }],
    message: /0\.currency/,
  },
  {
    note: "with a field too many",
    given: [SETTING, { ...SETTING, spent: 1 }],
    message: /1 .*"spent"/,
  },
  {
    note: "of one period",
    given: [{
      ...SETTING,
      period: { from: "2026-01-01", until: "2026-01-02" },
    }],
    message: /0\.period \(say days in its place\)/,
  },
])("settings $note are refused", ({ given, message }) => {
  assert.throws(() => parseNightlyPlans(given), {
    code: "configuration_invalid",
    message,
  });
});
