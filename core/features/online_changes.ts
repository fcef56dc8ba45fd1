/**
 * What is known of a tenant's online vectors in this process: how far its changes were
 * followed, and as of when the vectors of each view hold.
 *
 * @module
 */
import type { Instant } from "../domain/day.ts";
import type { OnlineFeatures, VectorKey, ViewRef } from "../ports/features.ts";

/** Age at which a look is due, and the greatest on which one may rely. */
const LOOK_MS = 250;
const HOLD_MS = 1000;

/** What a look finds. */
export interface ChangesScope {
  readonly online: Pick<OnlineFeatures, "through" | "changesAfter">;
  readonly tenant: string;
  /** A clock that only moves forward, milliseconds. */
  nowMs(): number;
  /** Told which vectors changed, null for any of them, before a view's moment moves. */
  onChange(keys: readonly VectorKey[] | null): void;
  /** Told that views that were online are no longer. */
  onLost(): void;
}

/** A tenant's online vectors as they were last looked at. */
export interface OnlineChanges {
  /**
   * Looks for changes if that is due, and waits for it only if the last look is too
   * old, or did not know of the views.
   *
   * @returns Null if there is nothing to wait for.
   */
  follow(keys: readonly VectorKey[]): Promise<void> | null;
  /** Moment as of which all vectors of a view hold; null if it never was online. */
  through(key: Pick<VectorKey, "view" | "version">): Instant | null;
  /** Looks now. */
  look(): Promise<void>;
}

/** How far it was followed. */
interface Seen {
  readonly views: Map<string, ViewRef>;
  /** By the names of the views; those that no look knew of are absent. */
  readonly throughs: Map<string, Instant | null>;
  place: number;
  /** When the last look began. */
  lookedMs: number;
}

/** Begins without any knowledge. */
export function followOnline(scope: ChangesScope): OnlineChanges {
  const { nowMs } = scope;
  const seen: Seen = {
    views: new Map(),
    throughs: new Map(),
    place: -1,
    lookedMs: -Infinity,
  };
  let looking: Promise<void> | null = null;
  function startLook(): Promise<void> {
    return looking ??= look(scope, seen).finally(() => looking = null);
  }
  function isKnown(): boolean {
    return seen.throughs.size === seen.views.size &&
      nowMs() - seen.lookedMs < HOLD_MS;
  }
  async function untilKnown(): Promise<void> {
    while (!isKnown()) await startLook();
  }
  return {
    follow: (keys) => {
      for (const { view: name, version } of keys) {
        const view = { name, version };
        seen.views.set(nameOf(view), view);
      }
      if (!isKnown()) return untilKnown();
      if (nowMs() - seen.lookedMs >= LOOK_MS) startLook().catch(() => {});
      return null;
    },
    through: ({ view: name, version }) =>
      seen.throughs.get(nameOf({ name, version })) ?? null,
    look: async () => {
      await looking;
      await startLook();
    },
  };
}

/** Moments first: vectors written before a moment moved are among the changes after it. */
async function look(scope: ChangesScope, seen: Seen): Promise<void> {
  const { online, tenant } = scope;
  const startedMs = scope.nowMs();
  const before = [...seen.views].map(([name, view]) => ({
    name,
    view,
    at: seen.throughs.get(name),
  }));
  const moments = await Promise.all(
    before.map(({ view }) => online.through(tenant, view)),
  );
  const { keys, place } = await online.changesAfter(tenant, seen.place);
  if (keys === null || keys.length > 0) scope.onChange(keys);
  let lost = false;
  before.forEach(({ name, at }, one) => {
    const moment = moments[one] ?? null;
    seen.throughs.set(name, moment);
    lost ||= moment === null && typeof at === "string";
  });
  seen.place = place;
  seen.lookedMs = startedMs;
  if (lost) scope.onLost();
}

function nameOf({ name, version }: ViewRef): string {
  return `${name}@${version}`;
}
