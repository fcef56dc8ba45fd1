/**
 * What is known of a tenant's online vectors in this process: how far its changes were
 * followed, and as of when the vectors of each view hold.
 *
 * @module
 */
import type { Instant } from "../domain/day.ts";
import type { OnlineFeatures, VectorKey, ViewRef } from "../ports/features.ts";
import { printViewRef } from "./versions.ts";

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
  /** A view that was followed. */
  viewOf(key: VectorKey): FollowedView;
  /** Looks now. */
  look(): Promise<void>;
}

/** A version of a view as it was last looked at. */
export interface FollowedView extends ViewRef {
  /** `name@version`. */
  readonly printed: string;
  /**
   * Moment as of which all its vectors hold; null if it never was online, undefined before
   * a look knew of it.
   */
  readonly through: Instant | null | undefined;
}

type Followed = {
  -readonly [member in keyof FollowedView]: FollowedView[member];
};

/** How far it was followed. */
interface Seen {
  /** By name, then by version. */
  readonly views: Map<string, Map<number, Followed>>;
  /** Whether a look knew of all of them. */
  isWhole: boolean;
  place: number;
  /** When the last look began. */
  lookedMs: number;
}

/** Begins without any knowledge. */
export function followOnline(scope: ChangesScope): OnlineChanges {
  const { nowMs } = scope;
  const seen: Seen = {
    views: new Map(),
    isWhole: true,
    place: -1,
    lookedMs: -Infinity,
  };
  let looking: Promise<void> | null = null;
  function startLook(): Promise<void> {
    return looking ??= look(scope, seen).finally(() => looking = null);
  }
  function isKnown(): boolean {
    return seen.isWhole && nowMs() - seen.lookedMs < HOLD_MS;
  }
  async function untilKnown(): Promise<void> {
    while (!isKnown()) await startLook();
  }
  return {
    follow: (keys) => {
      for (const key of keys) follow(seen, key);
      const ageMs = nowMs() - seen.lookedMs;
      if (!seen.isWhole || ageMs >= HOLD_MS) return untilKnown();
      if (ageMs >= LOOK_MS) startLook().catch(() => {});
      return null;
    },
    viewOf: (key) => follow(seen, key),
    look: async () => {
      await looking;
      await startLook();
    },
  };
}

/** The view of a key; from now on it is looked at. */
function follow(seen: Seen, { view: name, version }: VectorKey): Followed {
  const known = seen.views.get(name)?.get(version);
  if (known !== undefined) return known;
  const printed = printViewRef({ name, version });
  const view: Followed = { name, version, printed, through: undefined };
  const versions = seen.views.get(name) ?? new Map<number, Followed>();
  seen.views.set(name, versions.set(version, view));
  seen.isWhole = false;
  return view;
}

/** Moments first: vectors written before a moment moved are among the changes after it. */
async function look(scope: ChangesScope, seen: Seen): Promise<void> {
  const { online, tenant } = scope;
  const startedMs = scope.nowMs();
  const before = allOf(seen);
  const moments = await Promise.all(
    before.map((view) => online.through(tenant, view)),
  );
  const { keys, place } = await online.changesAfter(tenant, seen.place);
  if (keys === null || keys.length > 0) scope.onChange(keys);
  let lost = false;
  before.forEach((view, one) => {
    const moment = moments[one] ?? null;
    lost ||= moment === null && typeof view.through === "string";
    view.through = moment;
  });
  seen.isWhole = allOf(seen).every(({ through }) => through !== undefined);
  seen.place = place;
  seen.lookedMs = startedMs;
  if (lost) scope.onLost();
}

function allOf({ views }: Seen): Followed[] {
  return [...views.values()].flatMap((versions) => [...versions.values()]);
}
