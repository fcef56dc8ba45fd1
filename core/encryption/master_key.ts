/**
 * The key at the top: it wraps the keys of tenants and nothing else, so that it can be
 * kept elsewhere and changed without touching data.
 *
 * @module
 */
import { createHash, createSecretKey } from "node:crypto";
import { EngineError } from "../domain/error.ts";
import { KEY_BYTES, open, seal } from "./envelope.ts";

/** Wraps and unwraps keys of tenants. */
export interface MasterKey {
  /** Names the key that wraps; kept beside what it wraps. */
  readonly id: string;
  /** Whether it unwraps what a key of that name wrapped. */
  knows(wrapper: string): boolean;
  wrap(key: Uint8Array): Promise<Uint8Array>;
  /**
   * Unwraps.
   *
   * @throws {EngineError} `configuration_invalid` if it is not the key that wrapped;
   * `store_unavailable` if whoever holds the key does not answer.
   */
  unwrap(wrapped: Uint8Array, wrapper: string): Promise<Uint8Array>;
}

const PLACE = ["master"];

/**
 * Makes a master key of the lines of a file: the first wraps, all unwrap, so that nodes
 * may know the next key before it is used.
 *
 * @param text One key a line, each 64 hexadecimal digits.
 * @param where Named in errors; the text never is.
 * @throws {EngineError} `configuration_invalid` if a line is no key, or there is none.
 */
export function parseMasterKeys(text: string, where: string): MasterKey {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  const keys = lines.map((line) => parseKey(line.trim(), where));
  const [first] = keys;
  if (first === undefined) throw malformed(where);
  const byId = new Map(keys.map((key) => [key.id, key.key]));
  return {
    id: first.id,
    knows: (wrapper) => byId.has(wrapper),
    wrap: (key) => Promise.resolve(seal(first.key, PLACE, key)),
    unwrap(wrapped, wrapper) {
      const key = byId.get(wrapper);
      const opened = key === undefined ? null : open(key, PLACE, wrapped);
      return opened === null
        ? Promise.reject(otherMaster(wrapper))
        : Promise.resolve(opened);
    },
  };
}

function parseKey(text: string, where: string) {
  if (!/^[0-9a-f]{64}$/i.test(text)) throw malformed(where);
  const bytes = Uint8Array.fromHex(text);
  const print = createHash("sha256").update("master:").update(bytes)
    .digest("hex").slice(0, 12);
  return { id: `file:${print}`, key: createSecretKey(bytes) };
}

function malformed(where: string): EngineError {
  return new EngineError(
    "configuration_invalid",
    `Cannot read the master key in ${where}: it must be ${
      2 * KEY_BYTES
    } hexadecimal digits, one key a line`,
  );
}

/**
 * Says that keys are wrapped by a master key that is not here.
 *
 * @param wrapper Its name, which tells nothing of it.
 */
export function otherMaster(wrapper: string): EngineError {
  return new EngineError(
    "configuration_invalid",
    `Cannot open the keys of tenants: they are wrapped by the master key "${wrapper}", which is not here; give it with MOE_MASTER_KEY_FILE or MOE_MASTER_KEY_COMMAND`,
    { facts: { wrapper } },
  );
}
