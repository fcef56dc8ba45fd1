/**
 * What a connector that receives deliveries must hold to.
 *
 * @module
 */
import assert from "node:assert/strict";
import { canonicalJson } from "../../core/domain/canonical.ts";
import {
  type Connector,
  type Delivery,
  EngineError,
  type Receipt,
} from "../contract.ts";
import { type Check, once } from "./check.ts";
import { assertNoSecret, type ConnectorSample } from "./sample.ts";
import { assertValid } from "./pull_checks.ts";

const FLIPS = 16;

/** Lists the checks of the receiving side; none without one. */
export function receiveChecks(
  connector: Connector,
  sample: ConnectorSample,
): readonly Check[] {
  if (!connector.receive) return [];
  const good = once(() => demandDelivery(sample));
  const receive = (delivery: Delivery) =>
    receiveOne(connector, sample, delivery);

  return [
    {
      name: "receives valid signals of declared grains only",
      run: () => assertValid(connector, receive(good()).signals),
    },
    {
      name: "reads the same delivery the same way twice",
      run: () =>
        assert.equal(
          canonicalJson(receive(good())),
          canonicalJson(receive(good())),
        ),
    },
    {
      name: "refuses a delivery whose body was changed",
      run: () => {
        for (const body of changedBodies(good().body)) {
          assertRefused(() => receive({ ...good(), body }));
        }
      },
    },
    {
      name: "refuses a delivery without its signature",
      run: () => assertRefused(() => receive({ ...good(), headers: {} })),
    },
    {
      name: "refuses a delivery under another secret",
      run: () => {
        const config = changeSecrets(connector, sample);
        assertRefused(() => receiveOne(connector, { config }, good()));
      },
    },
    {
      name: "keeps secrets out of what it receives",
      run: () =>
        assertNoSecret(canonicalJson(receive(good())), {
          ...connector,
          config: sample.config,
        }),
    },
  ];
}

/** Changes every secret of which the schema takes another. */
function changeSecrets(
  { secrets, config: schema }: Connector,
  { config: given }: ConnectorSample,
): Record<string, unknown> {
  const changed = secrets.reduce<Record<string, unknown>>((config, member) => {
    if (!(member in config)) return config;
    const other = { ...config, [member]: `not ${config[member]}` };
    return isTaken(schema, other) ? other : config;
  }, given);
  assert.notEqual(changed, given, "it has no secret that can be another");
  return changed;
}

function isTaken(schema: Connector["config"], config: unknown): boolean {
  try {
    schema.parse(structuredClone(config));
    return true;
  } catch {
    return false;
  }
}

function demandDelivery({ delivery }: ConnectorSample): Delivery {
  assert.ok(delivery, "the sample lacks a `delivery`");
  return delivery;
}

function receiveOne(
  connector: Connector,
  { config }: ConnectorSample,
  delivery: Delivery,
): Receipt {
  const receipt = connector.receive?.({
    config: connector.config.parse(structuredClone(config)),
    delivery,
  });
  assert.ok(receipt, "receive gives nothing");
  return receipt;
}

/** The body with one bit changed at places all over it, and cut short. */
function changedBodies(body: Uint8Array): Uint8Array[] {
  const step = Math.max(1, Math.floor(body.length / FLIPS));
  const changed = [body.slice(0, -1)];
  for (let at = 0; at < body.length; at += step) {
    const flipped = body.slice();
    flipped[at] = (flipped[at] ?? 0) ^ 1;
    changed.push(flipped);
  }
  return changed;
}

function assertRefused(run: () => unknown): void {
  assert.throws(run, (error) => {
    assert.ok(error instanceof EngineError, `throws ${error}`);
    assert.equal(error.code, "signature_invalid");
    return true;
  }, "it is taken");
}
