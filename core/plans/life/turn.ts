/**
 * One node at a time writes a tenant's plans.
 *
 * A node in its turn holds a lease and renews it. A node that lost it, because it stood
 * still for too long, writes no more: whoever went on has read back what it wrote.
 *
 * @module
 */
import { EngineError } from "../../domain/error.ts";
import type { LeaseStore } from "../../ports/stores.ts";

/** For how long a node that died keeps others from going on, milliseconds. */
const LEASE_MS = 15_000;
const RENEWALS = 3;

/** A turn under way. */
export interface Turn {
  /** @throws {EngineError} `plan_busy` if the turn was lost. */
  demand(): void;
}

/** Works in turns: after one another in this process, and alone among all. */
export type Turns = <T>(
  tenant: string,
  work: (turn: Turn) => Promise<T>,
) => Promise<T>;

/** What turns are made of. */
export interface TurnScope {
  readonly leases: Pick<LeaseStore, "take" | "release">;
  /** Unique to the process. */
  readonly holder: string;
  /** 15 seconds unless given. */
  readonly leaseMs?: number;
}

/** Makes turns. */
export function createTurns(scope: TurnScope): Turns {
  const last = new Map<string, Promise<unknown>>();
  return (tenant, work) => {
    const before = last.get(tenant) ?? Promise.resolve();
    const result = before.then(() => takeTurn(scope, tenant, work));
    const settled = result.catch(() => {});
    last.set(tenant, settled);
    settled.then(() => {
      if (last.get(tenant) === settled) last.delete(tenant);
    });
    return result;
  };
}

async function takeTurn<T>(
  { leases, holder, leaseMs = LEASE_MS }: TurnScope,
  tenant: string,
  work: (turn: Turn) => Promise<T>,
): Promise<T> {
  const name = `plans of ${tenant}`;
  let until = performance.now() + leaseMs;
  if (!await leases.take(name, holder, leaseMs)) throw busy(leaseMs);
  async function renew(): Promise<void> {
    const from = performance.now();
    const held = await leases.take(name, holder, leaseMs);
    until = held && from < until ? from + leaseMs : -Infinity;
  }
  let renewing: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    renewing = renewing.then(renew).catch(() => {});
  }, leaseMs / RENEWALS);
  try {
    return await work({
      demand() {
        if (performance.now() >= until) throw busy(leaseMs);
      },
    });
  } finally {
    clearInterval(timer);
    await renewing;
    await leases.release(name, holder).catch(() => {});
  }
}

function busy(leaseMs: number): EngineError {
  return new EngineError(
    "plan_busy",
    `Cannot write plan: another node is writing a plan of the tenant; try again in ${
      Math.ceil(leaseMs / 1000)
    } seconds`,
    { facts: { retryAfterSeconds: Math.ceil(leaseMs / 1000) } },
  );
}
