/**
 * What a message says beside who, what and when: its value, and its properties
 * laid flat.
 *
 * @module
 */
import {
  type EventSignal,
  isCurrency,
  microsFromDecimal,
  RecordFault,
  type Scalar,
} from "@moe/plugin";

type Value = Pick<EventSignal, "valueMicros" | "currency">;

/**
 * Reads the value of an event.
 *
 * @param properties Its properties: `revenue`, else `total`, else `value`.
 * @param fallback Currency of values that name none.
 * @returns Micros and their currency, or null for both.
 * @throws {RecordFault} `currency_invalid`, `number_invalid`.
 */
export function toValue(
  properties: Readonly<Record<string, unknown>>,
  fallback: string | undefined,
): Value {
  const { revenue, total, value } = properties;
  const amount = revenue ?? total ?? value ?? null;
  if (amount === null) return { valueMicros: null, currency: null };
  const currency = properties.currency ?? fallback;
  if (typeof currency !== "string" || !isCurrency(currency)) {
    throw new RecordFault(
      "currency_invalid",
      "properties.currency must be an ISO 4217 code, as there is a value",
    );
  }
  try {
    return { valueMicros: microsFromDecimal(String(amount)), currency };
  } catch {
    throw new RecordFault(
      "number_invalid",
      "properties.revenue must be a number",
    );
  }
}

/**
 * Lays members flat: `{ a: { b: 1 } }` becomes `{ "a.b": 1 }`.
 *
 * @param members Parsed JSON, of bounded depth.
 * @returns Plain values by path.
 */
export function flatten(
  members: Readonly<Record<string, unknown>>,
): Readonly<Record<string, Scalar>> {
  const flat: Record<string, Scalar> = {};
  function visit(value: unknown, path: string): void {
    if (typeof value !== "object" || value === null) {
      flat[path] = value as Scalar;
      return;
    }
    for (const [key, member] of Object.entries(value)) {
      visit(member, path === "" ? key : `${path}.${key}`);
    }
  }
  visit(members, "");
  return flat;
}
