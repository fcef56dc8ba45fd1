/**
 * Imports plugins one by one, so that one that fails to start does not take the
 * others with it.
 *
 * @module
 */

/** What became of a plugin's module: its default export, or why there is none. */
export type Collected =
  | { readonly plugin: unknown }
  | { readonly failure: string };

const DEADLINE_MS = 10_000;

/**
 * Imports modules.
 *
 * @param modules How to import each plugin, by its folder.
 * @returns What became of each, in the same order.
 */
export async function collect(
  modules: Readonly<Record<string, () => Promise<{ default: unknown }>>>,
): Promise<ReadonlyMap<string, Collected>> {
  const collected = Object.entries(modules).map(async ([folder, load]) =>
    [folder, await collectOne(load)] as const
  );
  return new Map(await Promise.all(collected));
}

async function collectOne(
  load: () => Promise<{ default: unknown }>,
): Promise<Collected> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<Collected>((resolve) => {
    timer = setTimeout(
      () => resolve({ failure: `it did not start in ${DEADLINE_MS} ms` }),
      DEADLINE_MS,
    );
  });
  try {
    const started = load().then(({ default: plugin }) => ({ plugin }));
    return await Promise.race([started, late]);
  } catch (error) {
    const kind = error instanceof Error ? error.name : typeof error;
    return { failure: `it threw ${kind} when it was imported` };
  } finally {
    clearTimeout(timer);
  }
}
