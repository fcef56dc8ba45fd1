/**
 * A page that is being filled: of what is said twice of the same within it, the
 * later holds for totals, the earlier for events, as the engine has it between
 * pages.
 *
 * Where a source names its own keys, two records of different keys that become
 * the same signal are no restatement: the mapping leaves out what tells them apart.
 *
 * @module
 */
import { canonicalJson, RecordFault } from "@moe/plugin";
import type { Reject, Signal } from "@moe/plugin";
import { signalKey } from "./keys.ts";

const MAX_RECORDS = 2000;
const MAX_CHARACTERS = 16 * 1024 * 1024;

/** What became of one record. */
export interface Told {
  readonly signals: readonly Signal[];
  /** Names the record at the source; null if the source does not say. */
  readonly identity: string | null;
}

/** A page that is being filled. */
export interface OpenPage {
  /** Adds a record; throws a `RecordFault` if another record said it. */
  add(told: Told, characters: number): void;
  /** Adds a record that makes no sense. */
  refuse(reject: Reject): void;
  /** Whether there is anything in it. */
  isEmpty(): boolean;
  /** Whether it should be closed. */
  isFull(): boolean;
  /** Its signals and rejects. */
  close(): { readonly signals: Signal[]; readonly rejects: Reject[] };
}

interface Kept {
  readonly signal: Signal;
  readonly identity: string | null;
}

/** Begins a page. */
export function openPage(): OpenPage {
  const kept = new Map<string, Kept>();
  const rowsOf = new Map<string, Set<string>>();
  const rejects: Reject[] = [];
  let records = 0;
  let size = 0;

  /** All rows of a record are replaced together, whatever their days were. */
  function forgetRecords(signals: readonly Signal[]): void {
    for (const record of new Set(signals.map(recordName))) {
      if (record === null) continue;
      for (const key of rowsOf.get(record) ?? []) kept.delete(key);
      rowsOf.set(record, new Set());
    }
  }

  return {
    add({ signals, identity }, characters) {
      const keyed = signals.map((signal) =>
        [signalKey(signal), signal] as const
      );
      for (const [key, signal] of keyed) {
        demandSame(kept.get(key), { signal, identity });
      }
      forgetRecords(signals);
      for (const [key, signal] of keyed) {
        if (signal.grain === "event" && kept.has(key)) continue;
        kept.set(key, { signal, identity });
        rowsOf.get(recordName(signal) ?? "")?.add(key);
      }
      records++;
      size += characters;
    },
    refuse(reject) {
      rejects.push(reject);
      records++;
      size += reject.original.length;
    },
    isEmpty: () => records === 0,
    isFull: () => records >= MAX_RECORDS || size >= MAX_CHARACTERS,
    close: () => ({
      signals: [...kept.values()].map(({ signal }) => signal),
      rejects,
    }),
  };
}

function demandSame(earlier: Kept | undefined, later: Kept): void {
  if (!earlier || earlier.identity === null || later.identity === null) return;
  if (earlier.identity === later.identity) return;
  if (canonicalJson(earlier.signal) === canonicalJson(later.signal)) return;
  throw new RecordFault(
    "key_repeated",
    `another record says something else of the same ${later.signal.grain}; name what tells them apart in the mapping`,
  );
}

function recordName(signal: Signal): string | null {
  if (signal.grain === "event" || signal.record === undefined) return null;
  return canonicalJson([signal.report, signal.level, signal.record]);
}
