/**
 * The write side of a connector, as plans see it.
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";
import type { Connector, Lent } from "../../plugins/contract.ts";
import type { PlanDestination } from "./change_set.ts";

/**
 * Opens where plans are written.
 *
 * @param connector The platform's.
 * @param given Its configuration, as given.
 * @param lend What it is lent, anew for each call.
 * @returns The destination.
 * @throws {EngineError} `configuration_invalid` if the connector only reads.
 */
export function openDestination(
  connector: Connector,
  given: unknown,
  lend: (config: unknown) => Lent<unknown>,
): PlanDestination {
  const { name, destination } = connector;
  if (!destination) {
    throw new EngineError(
      "configuration_invalid",
      `Cannot write plans to connector "${name}": it has no write side`,
    );
  }
  const config = connector.config.parse(given);
  return {
    name,
    read: (targets) => destination.read(lend(config), targets),
    write: (change) => destination.write(lend(config), change),
  };
}
