/**
 * Values as the writes that bring them about, for tests of write sides.
 *
 * @module
 */
import type {
  Destination,
  Lent,
  Setting,
  SettingChange,
  SettingWrite,
} from "../contract.ts";

/**
 * Makes writes of values.
 *
 * @param settings The values.
 * @param held What is held before, in the same order; nothing if absent.
 * @returns Writes, each under a key of its own.
 */
export function toWrites(
  settings: readonly Setting[],
  held: readonly Pick<Setting, "value">[] = [],
): SettingWrite[] {
  return settings.map((setting, at) => ({
    ...setting,
    key: `${setting.target} ${setting.field} ${setting.value}`,
    expect: held[at]?.value ?? null,
  }));
}

/**
 * Makes a change over what a destination holds.
 *
 * @param destination Where the values are read before.
 * @param scope What it is lent.
 * @param change Its id, and the values.
 * @returns The change.
 */
export async function changeOver<C>(
  destination: Destination<C>,
  scope: Lent<C>,
  { id, settings }: {
    readonly id: string;
    readonly settings: readonly Setting[];
  },
): Promise<SettingChange> {
  const held = await destination.read(scope, targetsOf(settings));
  return { id, settings: toWrites(settings, held) };
}

/** What is read, without the values. */
export function targetsOf(
  settings: readonly Setting[],
): Omit<Setting, "value">[] {
  return settings.map(({ target, field }) => ({ target, field }));
}
