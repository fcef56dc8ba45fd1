/**
 * Writes that are held back because somebody else has moved a value.
 *
 * @module
 */
import { EngineError } from "../../core/domain/error.ts";
import type { SettingChange, SettingWrite } from "./connector.ts";

/**
 * Demands that each value is what is expected, or what is to be written already.
 *
 * @param change The writes.
 * @param held What the destination holds of one, null when unset.
 * @throws {EngineError} `change_drifted`, naming the first that has moved.
 */
export function demandExpected(
  { id, settings }: SettingChange,
  held: (write: SettingWrite) => string | null,
): void {
  const moved = settings.filter((write) => {
    const value = held(write);
    return value !== write.expect && value !== write.value;
  });
  const [first] = moved;
  if (!first) return;
  throw new EngineError(
    "change_drifted",
    `Cannot write change "${id}": "${first.target}" does not hold what was expected; nothing was written`,
    { facts: { target: first.target, drifted: moved.length } },
  );
}
