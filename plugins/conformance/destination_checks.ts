/**
 * What a connector with a write side must hold to.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Connector, Destination, Lent, Setting } from "../contract.ts";
import type { Check } from "./check.ts";
import { type ConnectorSample, nowOf } from "./sample.ts";
import { openVendor } from "./vendor_run.ts";
import { recordHttp, rememberFiles } from "./lent.ts";

/** Lists the checks of the write side; none without one. */
export function destinationChecks(
  connector: Connector,
  sample: ConnectorSample,
): readonly Check[] {
  const { destination } = connector;
  if (!destination) return [];
  const settings = sample.settings ?? [];
  const open = () => openDestination(connector, sample);

  return [
    {
      name: "reads back what it wrote, in the order asked",
      run: async () => {
        assert.ok(settings.length > 0, "the sample lacks `settings`");
        const scope = open();
        await destination.write(scope, { id: "change-1", settings });
        const asked = settings.toReversed();
        assert.deepEqual(await destination.read(scope, targets(asked)), asked);
      },
    },
    {
      name: "gives the same change one effect",
      run: () => assertOneEffect(destination, open(), settings),
    },
    ...(destination.remembersChanges === false ? [] : [{
      name: "unsets what is written as null",
      run: async () => {
        const scope = open();
        const unset = settings.map((one) => ({ ...one, value: null }));
        await destination.write(scope, { id: "change-1", settings });
        await destination.write(scope, { id: "change-2", settings: unset });
        assert.deepEqual(
          await destination.read(scope, targets(settings)),
          unset,
        );
      },
    }]),
  ];
}

function openDestination(
  connector: Connector,
  sample: ConnectorSample,
): Lent<unknown> {
  const { config, files, answer, vendor } = sample;
  if (vendor) return openVendor(connector, { ...sample, vendor }).lent;
  return {
    config: connector.config.parse(structuredClone(config)),
    files: rememberFiles(files),
    http: recordHttp(answer),
    now: nowOf(sample),
  };
}

async function assertOneEffect(
  destination: Destination<unknown>,
  scope: Lent<unknown>,
  settings: readonly Setting[],
): Promise<void> {
  const later = settings.map((one) => ({ ...one, value: `${one.value}0` }));
  await destination.write(scope, { id: "change-1", settings });
  if (destination.remembersChanges === false) {
    await destination.write(scope, { id: "change-1", settings });
    assert.deepEqual(
      await destination.read(scope, targets(settings)),
      settings,
    );
    return;
  }
  await destination.write(scope, { id: "change-2", settings: later });
  await destination.write(scope, { id: "change-1", settings });
  assert.deepEqual(await destination.read(scope, targets(settings)), later);
}

function targets(settings: readonly Setting[]): Omit<Setting, "value">[] {
  return settings.map(({ target, field }) => ({ target, field }));
}
