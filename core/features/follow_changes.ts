/**
 * From changed signals to vectors: which entities of which views a change concerns, and
 * their vectors, computed again and put online.
 *
 * @module
 */
import { type Instant, startOfDay } from "../domain/day.ts";
import { type FeatureView, needsSignals } from "../domain/feature.ts";
import type {
  FeatureHistory,
  OnlineFeatures,
  Touched,
} from "../ports/features.ts";
import type { StreamMessage } from "../ports/stream.ts";

/** Entities that are computed and written at a time. */
const PIECE_ENTITIES = 200;
/** By so much the clock of a source may be ahead of ours for its events to count at once. */
const AHEAD_MS = 5000;

/** Where vectors are computed, and where they are put. */
export interface FollowScope {
  readonly history: Pick<FeatureHistory, "refresh">;
  readonly online: Pick<OnlineFeatures, "write">;
  /** Whether a view stays as it is online, because its values are not as expected. */
  holdsBack?(tenant: string, view: FeatureView): boolean;
}

/** Changes of one tenant. */
export interface Changes {
  readonly tenant: string;
  /** Versions that are kept up to date. */
  readonly views: readonly FeatureView[];
  readonly messages: readonly StreamMessage[];
  readonly now: Instant;
  /** Ends it between two pieces. */
  readonly signal: AbortSignal;
}

/**
 * Brings vectors up to date with changes; repeated, it changes nothing.
 *
 * @returns How many were computed.
 */
export async function followChanges(
  scope: FollowScope,
  { tenant, views, messages, now, signal }: Changes,
): Promise<number> {
  const at = momentAfter(messages, now);
  const counts = await Promise.all(
    views.map((view) => renew(scope, view, { tenant, messages, at, signal })),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

async function renew(
  { history, online, holdsBack }: FollowScope,
  view: FeatureView,
  { tenant, messages, at, signal }:
    & Pick<Changes, "tenant" | "messages" | "signal">
    & { readonly at: Instant },
): Promise<number> {
  let computed = 0;
  const touched = touchedIn(view, messages);
  for (let from = 0; from < touched.length; from += PIECE_ENTITIES) {
    signal.throwIfAborted();
    const piece = touched.slice(from, from + PIECE_ENTITIES);
    const vectors = await history.refresh(tenant, view, { touched: piece, at });
    if (!holdsBack?.(tenant, view)) await online.write(tenant, vectors);
    computed += vectors.length;
  }
  return computed;
}

/** Now, or just after the latest event if its clock is a little ahead. */
function momentAfter(
  messages: readonly StreamMessage[],
  now: Instant,
): Instant {
  const nowMs = Date.parse(now);
  let atMs = nowMs;
  for (const message of messages) {
    if (message.kind !== "event") continue;
    const afterMs = Date.parse(message.event.occurredAt) + 1;
    if (afterMs <= nowMs + AHEAD_MS) atMs = Math.max(atMs, afterMs);
  }
  return new Date(atMs).toISOString();
}

/**
 * Finds whom of a view changes concern.
 *
 * @param view The view.
 * @param messages The changes.
 * @returns Each entity once, with the moments of its signals that changed; without any
 * where only its consent may have.
 */
export function touchedIn(
  view: FeatureView,
  messages: readonly StreamMessage[],
): Touched[] {
  if (!view.features.some(({ aggregation }) => needsSignals(aggregation))) {
    return [];
  }
  const moments = new Map<string, Set<Instant>>();
  for (const message of messages) {
    const id = entitiesOf(message)[view.entity];
    if (id === undefined) continue;
    const moment = momentIn(view, message);
    if (moment === null && !tellsConsent(view, message)) continue;
    const known = moments.get(id) ?? new Set();
    if (moment !== null) known.add(moment);
    moments.set(id, known);
  }
  return Array.from(moments, ([id, set]) => ({ id, moments: [...set] }));
}

function entitiesOf(message: StreamMessage) {
  return message.kind === "event"
    ? message.event.entities
    : message.row.entities;
}

/** The moment at which a signal counts; null if the view does not read it. */
function momentIn(
  { source }: FeatureView,
  message: StreamMessage,
): Instant | null {
  if (message.kind === "event") {
    return source.grain === "event" ? message.event.occurredAt : null;
  }
  const { level, day } = message.row;
  return source.grain === "performance" && source.level === level
    ? startOfDay(day)
    : null;
}

/** Whatever signals a view reads, it heeds what any event says of consent. */
function tellsConsent(
  { consent }: FeatureView,
  message: StreamMessage,
): boolean {
  return consent !== undefined && message.kind === "event" &&
    message.event.consent?.[consent.to] !== undefined;
}
