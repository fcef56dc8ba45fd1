/**
 * Work that one holder does at a time, under a lease that is renewed while it lasts.
 *
 * @module
 */

/** How often a lease is renewed while it lasts. */
const RENEWALS = 3;

/** A lease that was taken. */
export interface Hold {
  /** For how long nobody else takes it, milliseconds. */
  readonly leaseMs: number;
  /** Keeps it for as long again; false if another has taken it. */
  renew(): Promise<boolean>;
}

/**
 * Works, and renews the lease until it is done. A renewal that fails is tried again
 * at the next: nobody else can take a lease from a store that does not answer.
 *
 * @param hold The lease.
 * @param work Told by its signal that another holder took over.
 * @returns What the work came to.
 */
export async function whileHolding<T>(
  { leaseMs, renew }: Hold,
  work: (lost: AbortSignal) => Promise<T>,
): Promise<T> {
  const lost = new AbortController();
  let renewing: Promise<void> = Promise.resolve();
  const renewOnce = async () => {
    const held = await renew().catch(() => true);
    if (!held) lost.abort();
  };
  const timer = setInterval(
    () => renewing = renewing.then(renewOnce),
    leaseMs / RENEWALS,
  );
  try {
    return await work(lost.signal);
  } finally {
    clearInterval(timer);
    await renewing;
  }
}
