/**
 * Counters asked for by many decisions at once: while one request to the store is under
 * way the next gathers.
 *
 * @module
 */
import type { CountClaim, CountRead, LimitCounts } from "../../ports/limits.ts";
import { nameOf } from "./counters.ts";

const MAX_BATCH = 256;

/** Asks a store in batches; each answer is as if it had been asked for alone. */
export function gather(store: LimitCounts): LimitCounts {
  const read = gatherBy<CountRead, number>((reads) => store.read(reads));
  const claim = gatherBy<Claimed, number | null>(
    (asked) => store.claim(asked, asked[0]?.now ?? 0),
  );
  return {
    read: (reads) => Promise.all(reads.map(read)),
    claim: (claims, now) =>
      Promise.all(claims.map((one) => claim({ ...one, now }))),
    release: store.release,
  };
}

type Claimed = CountClaim & { readonly now: number };

interface Waiting<A, R> extends PromiseWithResolvers<R> {
  readonly asked: A;
}

/** Gathers what is asked for; a batch has each counter once, as one statement must. */
function gatherBy<A extends CountRead, R>(
  ask: (asked: readonly A[]) => Promise<readonly R[]>,
): (asked: A) => Promise<R> {
  let waiting: Waiting<A, R>[] = [];
  let isAsking = false;
  async function drain(): Promise<void> {
    isAsking = true;
    while (waiting.length > 0) {
      const batch = new Map<string, Waiting<A, R>>();
      const later: Waiting<A, R>[] = [];
      for (const one of waiting) {
        const name = nameOf(one.asked);
        const fits = batch.size < MAX_BATCH && !batch.has(name);
        if (fits) batch.set(name, one);
        else later.push(one);
      }
      waiting = later;
      await answer([...batch.values()], ask);
    }
    isAsking = false;
  }
  return (asked) => {
    const one = { asked, ...Promise.withResolvers<R>() };
    waiting.push(one);
    if (!isAsking) drain();
    return one.promise;
  };
}

/** What the store cannot answer must not take the others down with it. */
async function answer<A, R>(
  batch: readonly Waiting<A, R>[],
  ask: (asked: readonly A[]) => Promise<readonly R[]>,
): Promise<void> {
  try {
    const answers = await ask(batch.map(({ asked }) => asked));
    batch.forEach(({ resolve }, place) => resolve(answers[place] as R));
  } catch (error) {
    const [only] = batch;
    if (batch.length === 1) only?.reject(error);
    else await Promise.all(batch.map((one) => answer([one], ask)));
  }
}
