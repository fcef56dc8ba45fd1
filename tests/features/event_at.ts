/**
 * Events of one person, for tests.
 *
 * @module
 */
import type { Instant } from "../../core/domain/day.ts";
import type { EventSignal, Scalar } from "../../core/domain/signal.ts";
import type { ObservedSignal } from "./evaluate.ts";

/** An event of subject `u`, known for long, named after its moment. */
export function eventAt(
  at: Instant,
  properties: Readonly<Record<string, Scalar>>,
  also: Partial<EventSignal> & { readonly observedAt?: Instant } = {},
): ObservedSignal {
  const { observedAt = "2025-01-01T00:00:00.000Z", ...rest } = also;
  return {
    source: "s",
    observedAt,
    signal: {
      grain: "event",
      eventId: at,
      type: "Seen",
      occurredAt: at,
      entities: { subject: "u" },
      valueMicros: null,
      currency: null,
      properties,
      ...rest,
    },
  };
}
