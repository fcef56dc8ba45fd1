/**
 * What every connector must hold to, whichever sides it has.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Connector } from "../contract.ts";
import type { Check } from "./check.ts";
import { destinationChecks } from "./destination_checks.ts";
import { pullChecks } from "./pull_checks.ts";
import { reportChecks } from "./report_checks.ts";
import { vendorChecks } from "./vendor_checks.ts";
import { receiveChecks } from "./receive_checks.ts";
import { assertNoSecret, type ConnectorSample } from "./sample.ts";

const SNAKE = /^[a-z][a-z0-9_]*$/;
const HOST = /^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+$/;

/**
 * Lists the checks of a connector.
 *
 * @param connector The connector.
 * @param sample What to run it on.
 * @returns Checks in the order in which they make sense.
 */
export function connectorChecks(
  connector: Connector,
  sample: ConnectorSample,
): readonly Check[] {
  return [
    { name: "says what it is", run: () => assertDeclared(connector) },
    {
      name: "names the member of a configuration that it refuses",
      run: () => assertConfigErrors(connector, sample),
    },
    ...pullChecks(connector, sample),
    ...reportChecks(connector, sample),
    ...vendorChecks(connector, sample),
    ...receiveChecks(connector, sample),
    ...destinationChecks(connector, sample),
  ];
}

function assertDeclared(connector: Connector): void {
  const { name, about, hosts, emits, restatesDays, pull, receive } = connector;
  assert.match(name, SNAKE, "name must be snake_case");
  assert.equal(connector.apiVersion, 1, "apiVersion must be 1");
  assert.ok(about.length > 0, "about must say what it reads");
  for (const host of hosts) {
    assert.match(host, HOST, "hosts must be bare names");
  }
  assert.ok(
    Number.isInteger(restatesDays) && restatesDays >= 0,
    "restatesDays must be a whole number, 0 or more",
  );
  const reads = Boolean(pull || receive || connector.reports?.length);
  assert.ok(
    reads || connector.destination,
    "it must pull, have reports, receive or have a destination",
  );
  assert.equal(
    emits.length > 0,
    reads,
    "emits must name the grains that it pulls or receives, and no other",
  );
}

function assertConfigErrors(
  { config: schema, secrets }: Connector,
  { config }: ConnectorSample,
): void {
  schema.parse(structuredClone(config));
  for (const member of secrets) {
    assert.ok(member in config, `the sample lacks the secret "${member}"`);
  }
  for (const member of Object.keys(config)) {
    const { [member]: _, ...rest } = config;
    for (const wrong of [rest, { ...config, [member]: [[null]] }]) {
      const message = refusal(() => schema.parse(structuredClone(wrong)));
      if (message === null) continue;
      assert.ok(
        message.includes(member),
        `the refusal of a configuration with a bad "${member}" does not name it`,
      );
      assertNoSecret(message, { secrets, config });
    }
  }
}

function refusal(run: () => unknown): string | null {
  try {
    run();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
