/**
 * The write side of a connector, as plans see it: what it throws is an `EngineError`,
 * and one that it did not name says nothing of its words, which may be data.
 *
 * @module
 */
import { EngineError } from "../../domain/error.ts";
import type { Connector, Lent } from "../../../plugins/contract.ts";
import type { PlanDestination } from "../../ports/changes.ts";

/**
 * Opens where plans are written.
 *
 * @param connector The platform's.
 * @param given Its configuration, as given.
 * @param lend Lends what it uses beside its parsed configuration, anew for each call.
 * @returns The destination.
 * @throws {EngineError} `configuration_invalid` if the connector only reads.
 */
export function openDestination(
  connector: Connector,
  given: unknown,
  lend: () => Omit<Lent<unknown>, "config">,
): PlanDestination {
  const { name, destination } = connector;
  if (!destination) {
    throw new EngineError(
      "configuration_invalid",
      `Cannot write plans to connector "${name}": it has no write side`,
    );
  }
  const config = connector.config.parse(given);
  const call = async <T>(run: (scope: Lent<unknown>) => Promise<T>) => {
    try {
      return await run({ ...lend(), config });
    } catch (error) {
      throw error instanceof EngineError ? error : unnamed(name, error);
    }
  };
  return {
    name,
    read: (targets) => call((scope) => destination.read(scope, targets)),
    write: (change) => call((scope) => destination.write(scope, change)),
    unit: () => call(async (scope) => await destination.unit?.(scope) ?? 1n),
    ...(destination.rate && { rate: destination.rate }),
  };
}

function unnamed(name: string, error: unknown): EngineError {
  const kind = error instanceof Error ? error.name : typeof error;
  return new EngineError(
    "connector_failed",
    `Cannot use destination "${name}": its connector threw ${kind}`,
    { facts: { connector: name }, cause: error },
  );
}
