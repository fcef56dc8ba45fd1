/**
 * What a person types is refused by name, never passed on as nonsense.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  amountOption,
  dayOption,
  instantOption,
  personOption,
  tenantOption,
  wholeNumberOption,
} from "./option.ts";

const DAYS = { otherwise: 7, least: 1, most: 366 };
const NOW = "2026-03-01T00:00:00.000Z";

Deno.test("options not given are their defaults", () => {
  assert.equal(tenantOption({}), "default");
  assert.equal(personOption({}), "cli");
  assert.equal(wholeNumberOption({}, "days", DAYS), 7);
  assert.equal(dayOption({}, "from", "2026-03-02"), "2026-03-02");
  assert.equal(instantOption({}, "at", NOW), NOW);
  assert.equal(amountOption({}, "total"), null);
});

Deno.test("options given are read exactly", () => {
  assert.equal(tenantOption({ tenant: "acme-2" }), "acme-2");
  assert.equal(wholeNumberOption({ days: "366" }, "days", DAYS), 366);
  assert.equal(dayOption({ from: "2028-02-29" }, "from", ""), "2028-02-29");
  assert.equal(
    instantOption({ at: "2026-03-01T02:00:00+02:00" }, "at", ""),
    NOW,
  );
  assert.equal(amountOption({ total: "0.10" }, "total"), 100_000n);
});

Deno.test("personOption() reads one person from every spelling of a name", () => {
  assert.equal(personOption({ as: " ada " }), "ada");
  assert.equal(personOption({ as: "Zoe\u0308" }), "Zo\u00eb");
});

const REFUSED: readonly (readonly [string, () => unknown])[] = [
  ...["", "../up", "a/b", "-a", "a b", "é", "a".repeat(64)].map((tenant) =>
    ["tenant", () => tenantOption({ tenant })] as const
  ),
  ...["", "  ", "a\u0007", "ada\u200b", "a".repeat(101)].map((as) =>
    ["as", () => personOption({ as })] as const
  ),
  ...["", "abc", "0", "-3", "1.5", "1e2", "367", "٣"].map((days) =>
    ["days", () => wholeNumberOption({ days }, "days", DAYS)] as const
  ),
  ...["", "nope", "2026-02-30", "2026-2-3", "2026-03-01T00:00:00Z"].map((
    from,
  ) => ["from", () => dayOption({ from }, "from", "")] as const),
  ...["", "yesterday", "2026-03-01", "2026-03-01T00:00:00"].map((at) =>
    ["at", () => instantOption({ at }, "at", NOW)] as const
  ),
  ...["", "abc", "-5", "1,5", "Infinity"].map((total) =>
    ["total", () => amountOption({ total }, "total")] as const
  ),
];

Deno.test("options that mean nothing are refused by name", () => {
  for (const [name, read] of REFUSED) {
    assert.throws(read, { code: "request_invalid", facts: { option: name } });
  }
});
