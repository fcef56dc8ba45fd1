/**
 * What a page claims.
 *
 * @module
 */
import assert from "node:assert/strict";
import { CLOCK, PSEUDONYMS, total } from "../../tests/ingest/memory_signals.ts";
import { normalize } from "./normalize.ts";
import { claimsOfPage } from "./page_claims.ts";

const NO_NUMBER = 1n << 70n;
const at = { observedAt: CLOCK.now(), settlesDays: 0 };

function claimsOf(signals: readonly unknown[], complete = false) {
  const page = normalize({
    ...at,
    source: "src",
    emits: ["performance"],
    pseudonyms: PSEUDONYMS,
  }, { signals, rejects: [] });
  return claimsOfPage(page, { ...at, complete })
    .map(({ record, day, whole }) => ({ record, day, whole }));
}

Deno.test("a record is whole unless a row of it was refused, whatever becomes of others", () => {
  const row = (record: string, spend: bigint) => ({
    ...total(`c-${spend}`, spend),
    record,
  });
  assert.deepEqual(
    claimsOf([
      row("deal:1", 1n),
      row("deal:1", NO_NUMBER),
      row("deal:2", 2n),
      row("deal:3", NO_NUMBER),
      row("jane@example.com", 3n),
      row("jane@example.com", NO_NUMBER),
    ]),
    [
      { record: "deal:1", day: null, whole: false },
      { record: "deal:2", day: null, whole: true },
      {
        record: PSEUDONYMS.of("email", "jane@example.com"),
        day: null,
        whole: false,
      },
    ],
  );
});

Deno.test("days are claimed by a page that is complete and of which nothing was refused", () => {
  const claim = { record: null, day: "2026-01-01", whole: true };
  assert.deepEqual(claimsOf([total("c-1", 1n)], true), [claim]);
  assert.deepEqual(claimsOf([total("c-1", 1n)]), []);
  assert.deepEqual(
    claimsOf([total("c-1", 1n), total("c-2", NO_NUMBER)], true),
    [],
  );
});
