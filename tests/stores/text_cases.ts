/**
 * Texts as sources write them, in every column that a source fills.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  batch,
  campaignDay,
  type Case,
  claimOf,
  keyed,
  SOURCE,
  subjectEvent,
} from "./cases.ts";
import { as, begin, DAY, told } from "./stream_reader.ts";

/** What looks like an escape, what `copy` would read as one, and no letters at all. */
const TEXTS: readonly (readonly [string, string])[] = [
  ["\\u0000", "\\u0000"],
  ["a\\\\u0000\\ud800", "a\\\\u0000\\ud800"],
  ['tab\tline\r\n"\\.', 'tab\tline\r\n"\\.'],
  ["\\N", "\\N"],
  ["zero\0half\ud83e", "zero\uFFFDhalf\uFFFD"],
  ["\\u0000\0", "\\u0000\uFFFD"],
];

/** Cases about texts. */
export const textCases: readonly Case[] = [
  {
    name: "every text column keeps whatever a source writes",
    run: async (stores, tenant) => {
      const consumer = as(tenant);
      await begin(stores, consumer);
      for (const [place, [text, kept]] of TEXTS.entries()) {
        const source = `${SOURCE}-${place}`;
        await stores.signals.write(writtenWith(text, { tenant, source }));
        const messages = await told(stores, consumer);
        const [event] = messages.flatMap((one) =>
          one.kind === "event" ? [one.event] : []
        );
        assert.deepEqual(event, {
          ...subjectEvent(kept, `${DAY}T10:00:00.000Z`),
          ...{ type: kept, entities: { subject: kept } },
          properties: { [kept]: kept, plain: "a" },
          consent: { [kept]: true },
        });
        const [row] = messages.flatMap((one) =>
          one.kind === "performance" ? [one.row] : []
        );
        assert.deepEqual(
          [row?.entities, row?.breakdowns, row?.attribution],
          [{ account: kept, campaign: kept }, { [kept]: kept }, kept],
        );
        const [letter] = await stores.signals.listDeadLetters(tenant, {
          source,
          limit: 1,
        });
        assert.deepEqual(
          [letter?.reason, letter?.detail, letter?.original, letter?.context],
          [kept, kept, kept, kept],
        );
        assert.equal(letter?.version, kept);
        assert.equal(
          await stores.signals.readCursor(tenant, source, "all"),
          kept,
        );
      }
    },
  },
  {
    name: "a letter read again from what is kept of it stays the same letter",
    run: async ({ signals }, tenant) => {
      const reject = { reason: "day_invalid", detail: "", original: "a\0b" };
      await signals.write(batch(tenant, { rejects: [reject] }));
      const [letter] = await signals.listDeadLetters(tenant, { limit: 9 });
      assert.ok(letter);
      await signals.write(batch(tenant, {
        rejects: [{ ...reject, original: letter.original }],
        revived: [letter.id],
      }));
      assert.deepEqual(await signals.listDeadLetters(tenant, { limit: 9 }), [
        letter,
      ]);
    },
  },
];

function writtenWith(
  text: string,
  { tenant, source }: { readonly tenant: string; readonly source: string },
) {
  const row = keyed(campaignDay(DAY, 1n, {
    entities: { account: text, campaign: text },
    breakdowns: { [text]: text },
    attribution: text,
  }));
  return batch(tenant, {
    source,
    version: text,
    events: [subjectEvent(text, `${DAY}T10:00:00.000Z`, {
      type: text,
      entities: { subject: text },
      properties: { [text]: text, plain: "a" },
      consent: { [text]: true },
    })],
    performance: [row],
    claims: [claimOf(row, { account: text, reconciled: text })],
    rejects: [{ reason: text, detail: text, original: text, context: text }],
    cursor: { scope: "all", value: text },
  });
}
