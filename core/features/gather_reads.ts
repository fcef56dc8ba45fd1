/**
 * What is asked for while a read is under way goes out together after it.
 *
 * @module
 */
import type { FeatureVector } from "../domain/feature.ts";
import type { OnlineFeatures, VectorKey } from "../ports/features.ts";

interface Asked extends PromiseWithResolvers<FeatureVector | null> {
  readonly key: VectorKey;
}

/**
 * One read at a time for each tenant; the next gathers meanwhile.
 *
 * @param online Where vectors are read.
 * @returns Reads one vector.
 */
export function gatherReads(
  online: Pick<OnlineFeatures, "read">,
): (tenant: string, key: VectorKey) => Promise<FeatureVector | null> {
  const waiting = new Map<string, Asked[]>();
  async function drain(tenant: string): Promise<void> {
    for (;;) {
      await null;
      const asked = waiting.get(tenant) ?? [];
      if (asked.length === 0) break;
      waiting.set(tenant, []);
      await readAll(online, tenant, asked);
    }
    waiting.delete(tenant);
  }
  return (tenant, key) => {
    const one = { key, ...Promise.withResolvers<FeatureVector | null>() };
    const gathering = waiting.get(tenant);
    if (gathering) gathering.push(one);
    else {
      waiting.set(tenant, [one]);
      drain(tenant);
    }
    return one.promise;
  };
}

async function readAll(
  online: Pick<OnlineFeatures, "read">,
  tenant: string,
  asked: readonly Asked[],
): Promise<void> {
  try {
    const vectors = await online.read(tenant, asked.map(({ key }) => key));
    asked.forEach(({ resolve }, place) => resolve(vectors[place] ?? null));
  } catch (error) {
    for (const { reject } of asked) reject(error);
  }
}
