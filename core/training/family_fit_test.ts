/**
 * Families that can do what is asked of them.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { RowFamily } from "../../plugins/contract.ts";
import { parseSpec, type RowsSpec } from "./spec.ts";
import { refuseUnfit } from "./family_fit.ts";

const BID = { kind: "bid", currency: "EUR", targetReturnPermille: 4000 };
const CHANCE_BID = { ...BID, valueMicros: 5 };
const WIN = { kind: "win", currency: "EUR" };
const ACTION = {
  kind: "action",
  valueMicros: 5,
  currency: "EUR",
  actions: ["mail", "none"],
  control: "none",
};

function check(unit: string, use: object, label: object): void {
  const spec = parseSpec({
    model: "sale",
    family: "any",
    grain: "rows",
    use,
    label: {
      start: "Ad Clicked",
      actionProperty: "arm",
      outcome: "Order Completed",
      matchOn: "subject",
      withinDays: 7,
      ...label,
    },
    features: ["view.feature"],
  }) as RowsSpec;
  const output = { unit, min: 0, max: 1 };
  refuseUnfit({ name: "any", output } as RowFamily, spec);
}

Deno.test.each([
  { unit: "probability", use: CHANCE_BID, measure: "occurs" },
  { unit: "probability", use: ACTION, measure: "occurs" },
  { unit: "value_micros", use: BID, measure: "value" },
  { unit: "win_probability", use: WIN, measure: "occurs" },
])("a $unit may be used for $use.kind", ({ unit, use, measure }) => {
  assert.doesNotThrow(() => check(unit, use, { measure }));
});

Deno.test.each([
  { unit: "probability", use: BID, measure: "occurs", named: /valueMicros/ },
  { unit: "probability", use: WIN, measure: "occurs", named: /use.kind/ },
  { unit: "value_micros", use: CHANCE_BID, measure: "value", named: /twice/ },
  { unit: "value_micros", use: ACTION, measure: "value", named: /use.kind/ },
  { unit: "value_micros", use: BID, measure: "occurs", named: /measure/ },
  { unit: "win_probability", use: BID, measure: "occurs", named: /"win"/ },
])(
  "a $unit is refused for $use.kind: $named",
  ({ unit, use, measure, named }) => {
    assert.throws(() => check(unit, use, { measure }), {
      code: "dataset_invalid",
      message: named,
    });
  },
);

Deno.test("a family that does not correct for delays is refused rows that are not mature", () => {
  assert.throws(
    () => check("probability", CHANCE_BID, { maturity: "correct" }),
    { code: "dataset_invalid", message: /label.maturity/ },
  );
});
