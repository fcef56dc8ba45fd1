/**
 * Online vectors at hand: what was just read is not read again, and what is asked
 * for while a read is under way goes out together after it.
 *
 * A vector is kept for a second at most, so a write of another process goes unseen
 * no longer than that; a write of this process is seen at once. The moment of the
 * vector comes along, so its age is told as of the request.
 *
 * @module
 */
import type { FeatureVector } from "../domain/feature.ts";
import type { OnlineFeatures } from "../ports/features.ts";

type Key = Parameters<OnlineFeatures["read"]>[1][number];
type Answer = Promise<FeatureVector | null>;

const KEPT_MS = 1000;
const MAX_KEPT = 10_000;

interface Asked extends PromiseWithResolvers<FeatureVector | null> {
  readonly key: Key;
}

/**
 * Keeps recent vectors at hand.
 *
 * @param online Where vectors are kept.
 * @param nowMs A clock that only moves forward, milliseconds.
 */
export function keepRecent(
  online: OnlineFeatures,
  nowMs: () => number = () => performance.now(),
): OnlineFeatures {
  const kept = new Map<string, { answer: Answer; untilMs: number }>();
  const ask = gatherReads(online);
  function answerTo(tenant: string, key: Key): Answer {
    const name = `${tenant}\n${key.view}@${key.version}\n${key.entity}`;
    const now = nowMs();
    const known = kept.get(name);
    if (known && known.untilMs > now) return known.answer;
    const answer = ask(tenant, key);
    if (kept.size >= MAX_KEPT) kept.clear();
    const entry = { answer, untilMs: now + KEPT_MS };
    kept.set(name, entry);
    answer.catch(() => {
      if (kept.get(name) === entry) kept.delete(name);
    });
    return answer;
  }
  return {
    read: (tenant, keys) =>
      Promise.all(keys.map((key) => answerTo(tenant, key))),
    write: async (tenant, vectors) => {
      try {
        await online.write(tenant, vectors);
      } finally {
        kept.clear();
      }
    },
  };
}

/** One read at a time for each tenant; the next gathers meanwhile. */
function gatherReads(
  online: OnlineFeatures,
): (tenant: string, key: Key) => Answer {
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
  online: OnlineFeatures,
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
