/**
 * Takes one delivery that a source pushed: verified by its connector, checked,
 * and durable before it is answered.
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";
import type { Reject } from "../domain/signal.ts";
import type { WriteReport } from "../ports/signals.ts";
import { type SignalScope, versionOf } from "./signal_scope.ts";
import type { Connector, Delivery, Receipt } from "../../plugins/contract.ts";
import { configure, secretValues } from "./configure.ts";
import { contained } from "./contain.ts";
import { normalize } from "./normalize.ts";

/** What came, for whom, and who reads it. */
export interface ReceiveJob {
  readonly tenant: string;
  readonly source: string;
  readonly connector: Connector;
  readonly config: unknown;
  readonly delivery: Delivery;
}

/** What a delivery changed, and every record that was refused. */
export interface ReceiveReport extends WriteReport {
  readonly rejected: readonly Reject[];
}

/**
 * Receives a delivery.
 *
 * @param scope Where signals go, and the time.
 * @param job The delivery and its reader.
 * @returns What changed in the store, and every record that was refused, with its reason.
 * @throws {EngineError} `signature_invalid` and other failures that the connector
 * named, `configuration_invalid`, `connector_failed`.
 */
export async function receive(
  scope: SignalScope,
  { tenant, source, connector, config: given, delivery }: ReceiveJob,
): Promise<ReceiveReport> {
  const config = configure(connector, given);
  const secrets = secretValues(connector, config);
  const receipt = contained(
    connector.name,
    secrets,
    () => readDelivery(connector, config, delivery),
  );
  const observedAt = scope.clock.now();
  const { performance, events, rejects } = normalize({
    source,
    emits: connector.emits,
    observedAt,
    settlesDays: connector.restatesDays,
    pseudonyms: await scope.pseudonyms(tenant),
  }, receipt);
  const written = await scope.store.write({
    performance,
    events,
    rejects,
    tenant,
    source,
    connector: connector.name,
    version: versionOf(scope, connector),
    observedAt,
    claims: [],
  });
  return { ...written, rejected: rejects };
}

function readDelivery(
  connector: Connector,
  config: unknown,
  delivery: Delivery,
): Receipt {
  if (!connector.receive) {
    throw new EngineError(
      "not_found",
      `Cannot deliver to connector "${connector.name}": it takes no deliveries`,
    );
  }
  const receipt = connector.receive({ config, delivery });
  if (!Array.isArray(receipt?.signals) || !Array.isArray(receipt.rejects)) {
    throw new TypeError("a receipt must have arrays of signals and rejects");
  }
  return receipt;
}
