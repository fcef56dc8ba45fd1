/**
 * What a connector with a write side must hold to.
 *
 * @module
 */
import assert from "node:assert/strict";
import { CODES } from "../../core/domain/error.ts";
import {
  type Connector,
  type Destination,
  EngineError,
  type Setting,
} from "../contract.ts";
import type { Check } from "./check.ts";
import {
  type DestinationStage,
  type Mishap,
  openStage,
} from "./destination_stage.ts";
import { assertNoSecret, type ConnectorSample } from "./sample.ts";
import { changeOver, toWrites } from "./setting_writes.ts";

/** A destination, and what it is checked with. */
interface Bench {
  readonly destination: Destination<unknown>;
  readonly settings: readonly Setting[];
  /** The destination anew, and untouched. */
  open(): DestinationStage;
  /** Throws unless a failure says by a stable code what happened, and no secret. */
  demandTold(failure: unknown): EngineError;
}

/** Lists the checks of the write side; none without one. */
export function destinationChecks(
  connector: Connector,
  sample: ConnectorSample,
): readonly Check[] {
  const { destination } = connector;
  if (!destination) return [];
  const { settings = [], refused } = sample;
  const bench: Bench = {
    destination,
    settings,
    open: () => openStage(connector, destination, sample),
    demandTold: (failure) => demandTold(failure, connector, sample),
  };
  return [
    {
      name: "reads back what it wrote, in the order asked",
      run: () => assertReadBack(bench),
    },
    {
      name: "gives the same change one effect",
      run: () => assertOneEffect(bench),
    },
    {
      name: "states a rate and a unit that can be kept to",
      run: () => assertRateAndUnit(bench),
    },
    {
      name: "tells of a value that it does not take, each time by one code",
      run: () => assertRefusal(bench, refused),
    },
    {
      name: "shows what is held after an answer was lost",
      run: () => assertTruthAfter(bench, "lost"),
    },
    {
      name: "shows what is held after a call was refused",
      run: () => assertTruthAfter(bench, "refused"),
    },
    ...(destination.remembersChanges === false ? [] : [{
      name: "unsets what is written as null",
      run: () => assertUnset(bench),
    }]),
    {
      name: "writes nothing when a value has moved",
      run: () => assertDrift(bench),
    },
  ];
}

async function assertReadBack(
  { destination, settings, open }: Bench,
): Promise<void> {
  assert.ok(settings.length > 0, "the sample lacks `settings`");
  const stage = open();
  await write(destination, stage, { id: "change-1", settings });
  const asked = settings.toReversed();
  assert.deepEqual(await stage.read(asked), asked);
}

async function assertOneEffect(
  { destination, settings, open }: Bench,
): Promise<void> {
  const stage = open();
  const { scope } = stage;
  const one = await changeOver(destination, scope, {
    id: "change-1",
    settings,
  });
  await destination.write(scope, one);
  if (destination.remembersChanges === false) {
    await destination.write(scope, one);
    return assert.deepEqual(await stage.read(settings), settings);
  }
  const later = settings.map((one) => ({ ...one, value: `${one.value}0` }));
  await write(destination, stage, { id: "change-2", settings: later });
  await destination.write(scope, one);
  assert.deepEqual(await stage.read(settings), later);
}

async function assertUnset(
  { destination, settings, open }: Bench,
): Promise<void> {
  const stage = open();
  const unset = settings.map((one) => ({ ...one, value: null }));
  await write(destination, stage, { id: "change-1", settings });
  await write(destination, stage, { id: "change-2", settings: unset });
  assert.deepEqual(await stage.read(settings), unset);
}

/** Nothing is written in parts of a unit. */
async function assertRateAndUnit(bench: Bench): Promise<void> {
  const { destination, settings, open, demandTold } = bench;
  const { batch, pauseMs } = destination.rate ?? { batch: 1, pauseMs: 0 };
  assert.ok(Number.isInteger(batch) && batch >= 1, "batch must be 1 or more");
  assert.ok(Number.isFinite(pauseMs) && pauseMs >= 0, "pauseMs is negative");
  const stage = open();
  const unit = await destination.unit?.(stage.scope) ?? 1n;
  assert.ok(unit >= 1n, "the unit must be 1 micro or more");
  const [first] = settings;
  if (unit === 1n || first === undefined) return;
  assert.equal(BigInt(first.value ?? "0") % unit, 0n, "the sample has parts");
  const odd = { ...first, value: String(BigInt(first.value ?? "0") + 1n) };
  const before = await stage.read([first]);
  const change = { id: "change-1", settings: [odd] };
  demandTold(await attempt(() => write(destination, stage, change)));
  assert.deepEqual(await stage.read([first]), before);
}

async function assertRefusal(
  { destination, settings: [good], open, demandTold }: Bench,
  bad: Setting | undefined,
): Promise<void> {
  assert.ok(good && bad, "the sample lacks `settings` or `refused`");
  const codes = new Set<string>();
  for (let time = 0; time < 2; time++) {
    const stage = open();
    const [held, kept] = await stage.read([good, bad]);
    const change = { id: "change-1", settings: [good, bad] };
    const failure = await attempt(() => write(destination, stage, change));
    codes.add(demandTold(failure).code);
    const [one, other] = await stage.read([good, bad]);
    assert.ok(one?.value === held?.value || one?.value === good.value);
    assert.deepEqual(other, kept, "what was refused is held");
  }
  assert.equal(codes.size, 1, "the same refusal has two codes");
}

/** The change is sent again at the end, as it was: nothing may be in its way. */
async function assertTruthAfter(bench: Bench, mishap: Mishap): Promise<void> {
  const { destination, settings, open, demandTold } = bench;
  const calls = await countCalls(bench);
  for (let at = 0; at < calls; at++) {
    const stage = open();
    const { scope } = stage;
    const given = { id: "change-1", settings };
    const change = await changeOver(destination, scope, given);
    stage.breakAt(at, mishap);
    const failure = await attempt(() => destination.write(scope, change));
    stage.mend();
    const held = await stage.read(settings);
    for (const [of, { value }] of held.entries()) {
      const { expect, value: wanted } = change.settings[of] ?? assert.fail();
      assert.ok(value === expect || value === wanted, "a value of its own");
      assert.ok(failure || value === wanted, "it says that it wrote all");
    }
    if (failure !== null) demandTold(failure);
    await destination.write(scope, change);
    assert.deepEqual(await stage.read(settings), settings);
  }
}

async function countCalls(
  { destination, settings, open }: Bench,
): Promise<number> {
  const stage = open();
  const given = { id: "change-1", settings };
  const change = await changeOver(destination, stage.scope, given);
  const before = stage.calls();
  await destination.write(stage.scope, change);
  return stage.calls() - before;
}

/** One value moved between the plan and its writes: the others are left alone too. */
async function assertDrift(
  { destination, settings, open }: Bench,
): Promise<void> {
  const stage = open();
  await write(destination, stage, { id: "change-1", settings });
  const moved = settings.map((one) => ({ ...one, value: `${one.value}0` }));
  const [first, ...others] = toWrites(moved, settings);
  assert.ok(first, "the sample lacks `settings`");
  const stale = [...others, { ...first, expect: `${first.expect}1` }];
  await assert.rejects(
    destination.write(stage.scope, { id: "change-2", settings: stale }),
    { code: "change_drifted" },
  );
  assert.deepEqual(await stage.read(settings), settings);
}

async function write(
  destination: Destination<unknown>,
  { scope }: DestinationStage,
  given: { readonly id: string; readonly settings: readonly Setting[] },
): Promise<void> {
  await destination.write(scope, await changeOver(destination, scope, given));
}

/** What a run throws; null if nothing. */
async function attempt(run: () => Promise<void>): Promise<unknown> {
  try {
    await run();
    return null;
  } catch (error) {
    return error;
  }
}

function demandTold(
  failure: unknown,
  { secrets }: Connector,
  { config, vendor }: ConnectorSample,
): EngineError {
  assert.ok(failure !== null, "it says that it wrote all");
  assert.ok(failure instanceof EngineError, `not an EngineError: ${failure}`);
  assert.ok(failure.code in CODES, "its code is not in the table");
  const told = `${failure.message} ${JSON.stringify(failure.facts)}`;
  const given = vendor?.({ now: () => FAR }).config ?? config;
  assertNoSecret(told, { secrets, config: given });
  return failure;
}

const FAR = "2026-11-26T12:00:00.000Z";
