/**
 * From a source's records to signals, one bad record never costing the others.
 *
 * @module
 */
import type { Reject, Signal } from "../../core/domain/signal.ts";

/** Why a record makes no sense; its message never holds a value. */
export class RecordFault extends Error {
  /** Stable name of the cause, `snake_case`. */
  readonly reason: string;

  /**
   * Makes a fault.
   *
   * @param reason Stable name of the cause, such as `number_invalid`.
   * @param detail What was wrong and where, for a person; never the value.
   */
  constructor(reason: string, detail: string) {
    super(detail);
    this.reason = reason;
  }
}

/** A record: its text, what else is needed to read it again, and which one it was. */
export type RecordOrigin = Pick<Reject, "original" | "context" | "index">;

/** The record that a signal was made of, for as long as the signal lives. */
const origins = new WeakMap<object, RecordOrigin>();

/**
 * Remembers which record a signal was made of, so that a signal which is refused
 * later is kept as the record that it came from.
 *
 * @param signal The signal.
 * @param origin Its record.
 */
export function rememberOrigin(signal: object, origin: RecordOrigin): void {
  origins.set(signal, origin);
}

/**
 * The record that a signal was made of.
 *
 * @param signal The signal.
 * @returns The record, or null if none was remembered.
 */
export function originOf(signal: unknown): RecordOrigin | null {
  return typeof signal === "object" && signal !== null
    ? origins.get(signal) ?? null
    : null;
}

/**
 * Maps records; those that throw become rejects with their text.
 *
 * @param records Parsed JSON.
 * @param toSignals Says what one record means; throws if it makes no sense.
 * @param context What else is needed to read a reject again.
 * @returns Signals of the good records, a reject for each of the others.
 */
export function mapRecords(
  records: readonly unknown[],
  toSignals: (record: unknown) => readonly Signal[],
  context?: string,
): { readonly signals: Signal[]; readonly rejects: Reject[] } {
  const signals: Signal[] = [];
  const rejects: Reject[] = [];
  for (const [index, record] of records.entries()) {
    const read = mapRecord(record, toSignals, {
      index,
      ...(context !== undefined && { context }),
    });
    const where = records.length > 1 ? `record ${index}: ` : "";
    signals.push(...read.signals);
    for (const reject of read.rejects) {
      rejects.push({ ...reject, detail: where + reject.detail });
    }
  }
  return { signals, rejects };
}

/**
 * Maps one record; one that throws becomes a reject with its text.
 *
 * @param record Parsed JSON.
 * @param toSignals Says what it means; throws if it makes no sense.
 * @param origin Which record it is, and what else is needed to read it again.
 * @returns Its signals, or the reject.
 */
export function mapRecord(
  record: unknown,
  toSignals: (record: unknown) => readonly Signal[],
  { index, context }: Pick<Reject, "index" | "context">,
): { readonly signals: readonly Signal[]; readonly rejects: Reject[] } {
  const origin: RecordOrigin = {
    get original() {
      return JSON.stringify(record) ?? "";
    },
    ...(context !== undefined && { context }),
    ...(index !== undefined && { index }),
  };
  try {
    const signals = toSignals(record);
    for (const signal of signals) rememberOrigin(signal, origin);
    return { signals, rejects: [] };
  } catch (error) {
    return { signals: [], rejects: [{ ...describeFault(error), ...origin }] };
  }
}

/**
 * Names what is wrong with a record, without its values.
 *
 * @param error What reading it threw: a {@link RecordFault}, a schema's issues, anything.
 * @returns Reason and detail of a reject.
 */
export function describeFault(
  error: unknown,
): { readonly reason: string; readonly detail: string } {
  if (error instanceof RecordFault) {
    return { reason: error.reason, detail: error.message };
  }
  const { issues } = (error ?? {}) as {
    issues?: readonly { readonly path?: readonly unknown[] }[];
  };
  if (Array.isArray(issues)) {
    const paths = issues.map(({ path = [] }) => path.join(".") || "record");
    return {
      reason: "record_malformed",
      detail: `not as expected: ${[...new Set(paths)].slice(0, 10).join(", ")}`,
    };
  }
  const numeric = error instanceof SyntaxError &&
    error.message.startsWith("Cannot read");
  return numeric
    ? { reason: "number_invalid", detail: "a number or moment cannot be read" }
    : { reason: "record_malformed", detail: "the record cannot be read" };
}
