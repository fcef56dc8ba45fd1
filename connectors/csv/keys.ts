/**
 * Finds rows that say different things of the same: the sign of a mapping that
 * leaves out a column which tells rows apart.
 *
 * @module
 */
import { canonicalJson, sha256, type Signal } from "@moe/plugin";
import { RowFault } from "./fields.ts";

/** Remembers what was said of each key. */
export interface Keys {
  /** Throws a RowFault if one of the signals contradicts an earlier row. */
  add(signals: readonly Signal[]): void;
}

/**
 * Opens the memory of one file.
 *
 * @param ownIds Whether every event's id holds the row's number, so that none repeats.
 * @returns An empty memory.
 */
export function rememberKeys(ownIds: boolean): Keys {
  const told = new Map<string, string>();
  return {
    add(signals) {
      for (const signal of signals) {
        if (signal.grain === "event" && ownIds) continue;
        const key = keyOf(signal);
        const content = sha256(canonicalJson(signal)).slice(0, 16);
        if ((told.get(key) ?? content) !== content) throw contradiction(signal);
        told.set(key, content);
      }
    },
  };
}

function keyOf(signal: Signal): string {
  if (signal.grain === "event") return signal.eventId;
  const { report, level, entities, day, breakdowns } = signal;
  return canonicalJson([report, level, entities, day, breakdowns]);
}

function contradiction({ grain }: Signal): RowFault {
  const fix = grain === "event"
    ? "make eventId of columns that tell rows apart"
    : "add the column that tells rows apart to entities or breakdowns";
  return new RowFault(
    "key_repeated",
    `an earlier row says something else of the same ${grain}; ${fix}`,
  );
}
