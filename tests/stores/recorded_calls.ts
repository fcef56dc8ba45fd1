/**
 * Stores that remember what they were asked.
 *
 * @module
 */
import type { Stores } from "../../core/ports/stores.ts";

/** A call of a port. */
export interface Call {
  readonly port: keyof Stores;
  readonly method: string;
  readonly args: readonly unknown[];
}

type Method = (...args: readonly unknown[]) => unknown;

/** Calls of each method that are remembered. */
const MOST = 4;

/** The same stores; what they are asked is added to the calls. */
export function recordCalls(stores: Stores, calls: Call[]): Stores {
  const counts = new Map<string, number>();
  const ports = Object.entries(stores).map(([port, store]) => {
    if (typeof store !== "object") return [port, store];
    const methods = Object.entries(store as Record<string, unknown>)
      .map(([method, work]) => {
        if (typeof work !== "function") return [method, work];
        const recorded: Method = (...args) => {
          const name = `${port}.${method}`;
          const count = counts.get(name) ?? 0;
          counts.set(name, count + 1);
          if (count < MOST) {
            calls.push({ port: port as keyof Stores, method, args });
          }
          return work.apply(store, args);
        };
        return [method, recorded];
      });
    return [port, Object.fromEntries(methods)];
  });
  return Object.fromEntries(ports);
}

/** Asks the same of other stores; the answer, or the code of the failure. */
export async function callAgain(
  stores: Stores,
  { port, method, args }: Call,
): Promise<unknown> {
  const store = stores[port] as unknown as Record<string, Method>;
  try {
    return { answer: await store[method]?.(...args) };
  } catch (error) {
    return { failure: (error as { code?: string }).code ?? String(error) };
  }
}
