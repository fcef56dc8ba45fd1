/**
 * Who acts on changes behind a key.
 *
 * @module
 */
import { type Actor, isReservedName } from "../../domain/change.ts";
import { EngineError } from "../../domain/error.ts";
import type { Caller } from "../../ports/access.ts";

/**
 * The holder of a key as an actor; services never count as people.
 *
 * @param key The caller's key.
 * @returns Name, groups, and whether a person holds it.
 * @throws {EngineError} `access_denied` if the key bears a name of the engine's own.
 */
export function actorOf({ id, name, groups, person }: Caller): Actor {
  if (!isReservedName(name)) {
    return { name, human: person, groups };
  }
  throw new EngineError(
    "access_denied",
    `Cannot act with key "${id}": it is named as the engine itself; make another with "moe keys create"`,
    { facts: { key: id } },
  );
}
