/**
 * What a destination holds now, target by target.
 *
 * @module
 */
import type { ChangeOperation, RatePlan } from "../../domain/change_set.ts";
import { EngineError } from "../../domain/error.ts";
import type { PlanDestination, Routed } from "../../ports/changes.ts";
import { toFailure, waitAfter } from "./failure.ts";

/** Tries of one reading. */
const TRIES = 3;
/** Longest wait between two, milliseconds. */
const LONGEST_WAIT_MS = 60_000;
/** Targets in a row that cannot be read before the destination is held to be at fault. */
const UNREADABLE_IN_A_ROW = 10;

type Asked = Pick<ChangeOperation, "target" | "field" | "route">;

/** What one target holds, or why that cannot be known. */
export type Reading =
  | { readonly value: string | null }
  | { readonly error: EngineError };

/** Where is read, and how fast. */
export interface ReadPlace {
  readonly destination: PlanDestination;
  readonly rate: RatePlan;
}

/**
 * Reads values, in the order asked.
 *
 * @throws {EngineError} What the destination says if it cannot be read.
 */
export async function readLive(
  { destination, rate }: ReadPlace,
  asked: readonly Asked[],
): Promise<readonly (string | null)[]> {
  const values: (string | null)[] = [];
  for (const batch of inBatches(asked, rate)) {
    values.push(...await readBatch(destination, batch));
  }
  return values;
}

/**
 * Reads values, in the order asked, so that one target that cannot be read hides no
 * other, nor one platform of several another.
 *
 * @throws {EngineError} What the destination says if it cannot be read at all.
 */
export async function readEach(
  place: ReadPlace & { sleep(ms: number): Promise<void> },
  asked: readonly Asked[],
): Promise<readonly Reading[]> {
  const readings: Reading[] = [];
  const down = new Map<string | undefined, EngineError>();
  let inARow = 0;
  async function read(batch: readonly Asked[]): Promise<void> {
    try {
      const values = await readPatiently(place, batch);
      inARow = 0;
      readings.push(...values.map((value) => ({ value })));
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      if (error.retryable) return giveUp(batch, error);
      if (batch.length > 1) {
        for (const half of halves(batch)) await readUnlessDown(half);
      } else if (++inARow === UNREADABLE_IN_A_ROW) giveUp(batch, error);
      else readings.push({ error });
    }
  }
  /** With one platform nothing more can be known; with several, of this one. */
  function giveUp(batch: readonly Asked[], error: EngineError): void {
    const route = batch[0]?.route;
    if (route === undefined) throw error;
    inARow = 0;
    down.set(route, error);
    readings.push(...batch.map(() => ({ error })));
  }
  async function readUnlessDown(batch: readonly Asked[]): Promise<void> {
    const error = down.get(batch[0]?.route);
    if (error === undefined) await read(batch);
    else readings.push(...batch.map(() => ({ error })));
  }
  for (const batch of inBatches(asked, place.rate)) await readUnlessDown(batch);
  const [gone] = down.values();
  if (gone && readings.every((one) => "error" in one)) throw gone;
  return readings;
}

async function readPatiently(
  { destination, sleep }: Parameters<typeof readEach>[0],
  batch: readonly Asked[],
): Promise<readonly (string | null)[]> {
  for (let tries = 1;; tries++) {
    try {
      return await readBatch(destination, batch);
    } catch (error) {
      const failure = toFailure(error);
      const waitMs = waitAfter(failure, tries);
      const late = tries === TRIES || waitMs > LONGEST_WAIT_MS;
      if (late || !failure.retryable) throw error;
      await sleep(waitMs);
    }
  }
}

async function readBatch(
  destination: PlanDestination,
  batch: readonly Asked[],
): Promise<readonly (string | null)[]> {
  const { name } = destination;
  const settings = await destination.read(
    batch.map(({ target, field, route }) =>
      route === undefined ? { target, field } : { target, field, route }
    ),
  ).catch((cause: unknown) => {
    throw cause instanceof EngineError ? cause : new EngineError(
      "connector_failed",
      `Cannot read destination "${name}": its connector failed`,
      { facts: { destination: name }, cause },
    );
  });
  return batch.map(({ target, field }, at) => {
    const setting = settings[at];
    if (setting?.target !== target || setting.field !== field) {
      throw new EngineError(
        "connector_failed",
        `Cannot read destination "${name}": it did not answer for "${target}"`,
        { facts: { destination: name, target } },
      );
    }
    return setting.value;
  });
}

/** Parts of a list that go out together: no more than the rate says, to one platform. */
export function* inBatches<T extends Routed>(
  list: readonly T[],
  { batch }: RatePlan,
): Iterable<readonly T[]> {
  for (let at = 0; at < list.length;) {
    const route = list[at]?.route;
    const most = list.slice(at, at + batch);
    const other = most.findIndex((one) => one.route !== route);
    const part = other === -1 ? most : most.slice(0, other);
    yield part;
    at += part.length;
  }
}

/** The first half of a list, and the second. */
export function halves<T>(list: readonly T[]): readonly (readonly T[])[] {
  const middle = list.length >> 1;
  return [list.slice(0, middle), list.slice(middle)];
}
