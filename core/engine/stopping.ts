/**
 * Kill switches on what is done beside decisions, looked at right before each step: a
 * switch stops what is under way, and not only what begins.
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";
import type { Operation } from "../domain/kill_switch.ts";
import type { Switch } from "../domain/verdict.ts";
import type { Lender } from "../signals/signals.ts";

/** The switch that stops an operation of a tenant; null if none does. */
export type FindStop = (tenant: string, operation: Operation) => Switch | null;

/**
 * Lets an operation pass.
 *
 * @throws {EngineError} `switched_off` if a kill switch stops it.
 */
export function demandRunning(
  find: FindStop,
  tenant: string,
  operation: Operation,
): void {
  const stop = find(tenant, operation);
  if (stop === null) return;
  const { act, connector } = operation;
  const what = act === "apply"
    ? "write plan"
    : `use connector "${connector ?? ""}"`;
  throw new EngineError(
    "switched_off",
    `Cannot ${what}: kill switch "${stop.id}" is on: ${stop.reason}`,
    { facts: { switch: stop.id } },
  );
}

/**
 * Lets a plan be written; one of several platforms that is stopped stops it whole.
 *
 * @throws {EngineError} `switched_off` if a kill switch stops it.
 */
export function demandWriting(
  find: FindStop,
  tenant: string,
  destinations: readonly { readonly connector: string }[],
): void {
  const connectors = destinations.map(({ connector }) => connector);
  for (const connector of [null, ...connectors]) {
    demandRunning(find, tenant, { act: "apply", connector });
  }
}

/** Lends nothing to a connector that is stopped, from one call to the next. */
export function lendUnlessStopped(lender: Lender, find: FindStop): Lender {
  const demandOf =
    ({ tenant, connector: { name } }: Parameters<Lender["files"]>[0]) => () =>
      demandRunning(find, tenant, { act: "connect", connector: name });
  return {
    files: (source) => {
      const demand = demandOf(source);
      const { read, write, text } = lender.files(source);
      return {
        read: (path) => {
          demand();
          return read(path);
        },
        write: async (...asked) => {
          demand();
          await write(...asked);
        },
        text: async (path) => {
          demand();
          return await text(path);
        },
      };
    },
    http: (source, priority) => {
      const demand = demandOf(source);
      const { json, text } = lender.http(source, priority);
      return {
        json: async (...asked) => {
          demand();
          return await json(...asked);
        },
        text: async (...asked) => {
          demand();
          return await text(...asked);
        },
      };
    },
  };
}
