/**
 * Finds rows that say different things of the same: the sign of a mapping that
 * leaves out a column which tells rows apart.
 *
 * @module
 */
import { canonicalJson, RecordFault, sha256, type Signal } from "@moe/plugin";
import { signalKey } from "../mapping/keys.ts";
import type { SignalMapping } from "../mapping/mapping.ts";

/** Remembers what was said of each key. */
export interface Keys {
  /** Throws a `RecordFault` if one of the signals contradicts an earlier row. */
  add(signals: readonly Signal[]): void;
}

/**
 * Opens the memory of one file.
 *
 * @param mappings How its rows become signals.
 * @returns An empty memory.
 */
export function rememberKeys(mappings: readonly SignalMapping[]): Keys {
  const ownIds = holdNumbers(mappings);
  const told = new Map<string, string>();
  return {
    add(signals) {
      for (const signal of signals) {
        if (signal.grain === "event" && ownIds) continue;
        const key = signalKey(signal);
        const content = sha256(canonicalJson(signal)).slice(0, 16);
        if ((told.get(key) ?? content) !== content) throw contradiction(signal);
        told.set(key, content);
      }
    },
  };
}

/** Whether every event's id holds the row's number, so that none repeats. */
function holdNumbers(mappings: readonly SignalMapping[]): boolean {
  const ids = mappings.flatMap((one) =>
    one.grain === "event" ? one.eventId : []
  );
  return new Set(ids).size === ids.length &&
    ids.every((id) => id.includes("{#}"));
}

function contradiction({ grain }: Signal): RecordFault {
  const fix = grain === "event"
    ? "make eventId of columns that tell rows apart"
    : "add the column that tells rows apart to entities or breakdowns";
  return new RecordFault(
    "key_repeated",
    `an earlier row says something else of the same ${grain}; ${fix}`,
  );
}
