/**
 * Reading a model's log: who has which role, who had it before, and whether the log
 * is as it was written.
 *
 * @module
 */
import { digest } from "./canonical.ts";
import type { Instant } from "./day.ts";
import {
  type Alias,
  ALIASES,
  type ModelEvent,
  type Roles,
} from "./model_event.ts";

/** Hash before the first entry. */
export const GENESIS: string = "0".repeat(64);

/** A place at which a log is not as it was written. */
export interface LogBreak {
  /** Number that the entry has, or should have. */
  readonly seq: number;
  /** `removed`: an entry is missing here. `changed`: the entry does not have its hash. */
  readonly kind: "removed" | "changed";
}

/**
 * Hashes an entry together with all before it.
 *
 * @param tenant Whose log.
 * @param event The entry.
 * @param prev Hash of the entry before, {@link GENESIS} for the first.
 * @returns SHA-256 of the canonical JSON of all of them, as hexadecimal.
 */
export function hashEvent(
  tenant: string,
  event: Omit<ModelEvent, "hash">,
  prev: string,
): string {
  const { name, seq, at, kind, version, alias, by, reason, settles } = event;
  return digest({
    ...{ tenant, name, seq, at, kind, version, alias, by, reason, settles },
    prev,
  });
}

/**
 * Finds the first place at which a log is not as it was written. An end that was cut
 * off does not show here.
 *
 * @param tenant Whose log.
 * @param events All of a name, oldest first.
 * @returns The place, or null.
 */
export function findBreak(
  tenant: string,
  events: readonly ModelEvent[],
): LogBreak | null {
  let prev = GENESIS;
  for (const [place, event] of events.entries()) {
    const seq = place + 1;
    if (event.seq !== seq) return { seq, kind: "removed" };
    if (hashEvent(tenant, event, prev) !== event.hash) {
      return { seq, kind: "changed" };
    }
    prev = event.hash;
  }
  return null;
}

/**
 * Which version has which role.
 *
 * @param events Of a name, oldest first.
 * @param at The moment; now unless given.
 * @returns Versions by role.
 */
export function rolesAt(events: readonly ModelEvent[], at?: Instant): Roles {
  const until = at === undefined
    ? events
    : events.filter((event) => event.at <= at);
  const [champion, challenger, shadow] = ALIASES.map((alias) =>
    holdersOf(until, alias).at(-1) ?? null
  );
  return {
    champion: champion ?? null,
    challenger: challenger ?? null,
    shadow: shadow ?? null,
  };
}

/**
 * Who had a role, one after the other. A rollback takes the last away, so that the
 * next one goes back further.
 *
 * @param events Of a name, oldest first.
 * @param alias The role.
 * @returns Versions, the one that has it last; null where it was taken from all.
 */
export function holdersOf(
  events: readonly ModelEvent[],
  alias: Alias,
): readonly (number | null)[] {
  const holders: (number | null)[] = [];
  for (const event of events) {
    if (event.alias !== alias) continue;
    if (event.kind === "assigned") holders.push(event.version);
    if (event.kind === "rolled_back") {
      while (holders.length > 0 && holders.at(-1) !== event.version) {
        holders.pop();
      }
    }
  }
  return holders;
}

/**
 * Who had a role before the version that has it.
 *
 * @param holders As {@link holdersOf} tells them.
 * @returns The version, or null if there was none.
 */
export function holderBefore(
  holders: readonly (number | null)[],
): number | null {
  const present = holders.at(-1);
  return holders.findLast((version) =>
    version !== null && version !== present
  ) ?? null;
}
