/**
 * Records to signals, each kept or refused by itself.
 *
 * Two records of one delivery that say different things of one event are no
 * repetition: the second is refused, for its mapping leaves out what tells them
 * apart. Of totals, the later holds.
 *
 * @module
 */
import { mapRecord, type Receipt, RecordFault } from "@moe/plugin";
import { openPage } from "../mapping/open_page.ts";
import type { DeliveryFacts, ReadRecord } from "./mapping.ts";
import type { Found } from "./records.ts";

const MAX_RECORD_BYTES = 65_536;
/** Fewer than the levels that a dead letter is kept with, so that it stays one. */
const MAX_LEVELS = 20;

/**
 * Reads records.
 *
 * @param found What was found in a delivery.
 * @param facts What the delivery says beside.
 * @param read Says what a record means.
 * @returns Signals, and a reject for each record that has none to give.
 */
export function readRecords(
  found: readonly Found[],
  facts: DeliveryFacts,
  read: ReadRecord,
): Receipt {
  const page = openPage();
  for (const [at, { value, lacks }] of found.entries()) {
    const { rejects } = mapRecord(value, (record) => {
      if (lacks !== undefined) throw missing(lacks);
      demandBounded(record);
      const signals = read(record, facts);
      const events = signals.every(({ grain }) => grain === "event");
      page.add({ signals, identity: events ? String(at) : null }, 0);
      return signals;
    }, { index: at, context: JSON.stringify({ facts, lacks }) });
    for (const reject of rejects) {
      page.refuse({ ...reject, detail: `records.${at}: ${reject.detail}` });
    }
  }
  return page.close();
}

function demandBounded(record: unknown): void {
  if (nestsDeeper(record, MAX_LEVELS)) {
    throw new RecordFault("nested_too_deep", `more than ${MAX_LEVELS} levels`);
  }
  const bytes = new TextEncoder().encode(JSON.stringify(record)).length;
  if (bytes > MAX_RECORD_BYTES) {
    throw new RecordFault("too_large", `more than ${MAX_RECORD_BYTES} bytes`);
  }
}

function nestsDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 ||
    Object.values(value).some((member) => nestsDeeper(member, levels - 1));
}

function missing(steps: readonly string[]): RecordFault {
  const [first = ""] = steps;
  const name = first === "" ? "lists or records" : `"${first}"`;
  return new RecordFault("records_missing", `it has no ${name}`);
}
