/**
 * The conformance kit; imported as `@moe/plugin/test`. One call in a plugin's
 * test file registers every check for its kind, offline and without credentials.
 *
 * @module
 */
import type { Connector, ModelFamily } from "@moe/plugin";
import type { Check } from "./check.ts";
import { connectorChecks } from "./connector_checks.ts";
import { modelChecks } from "./model_checks.ts";
import type { ConnectorSample, ModelSample } from "./sample.ts";

export {
  auc,
  calibrationError,
  logLoss,
  rmse,
  rSquared,
} from "../../core/domain/measures.ts";
export { respond } from "../../core/domain/response.ts";
export { seededRandom } from "../../core/domain/random.ts";
export { checkSignals } from "./pull_checks.ts";
export { type MemoryFiles, recordHttp, rememberFiles } from "./lent.ts";
export { changeOver, targetsOf, toWrites } from "./setting_writes.ts";
export { keepInMemory, type MemorySignals } from "./memory_store.ts";
export type { ConnectorSample, ModelSample } from "./sample.ts";
export { openVendor, type VendorRun, type VendorSample } from "./vendor_run.ts";

/**
 * Registers the checks of a connector as tests.
 *
 * @param connector The connector.
 * @param sample A configuration, and recorded answers, files or a delivery.
 */
export function testConnector<C>(
  connector: Connector<C>,
  sample: ConnectorSample,
): void {
  register(connector.name, connectorChecks(connector as Connector, sample));
}

/**
 * Registers the checks of a model family as tests, on data with a planted signal.
 *
 * @param family The family.
 * @param sample Parameters other than the defaults, and the size of the data.
 */
export function testModel(family: ModelFamily, sample: ModelSample = {}): void {
  register(family.name, modelChecks(family, sample));
}

function register(name: string, checks: readonly Check[]): void {
  for (const check of checks) {
    Deno.test(`${name}: ${check.name}`, () => check.run());
  }
}
