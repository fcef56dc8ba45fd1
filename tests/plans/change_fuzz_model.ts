/**
 * A destination that is a map, a journal that is a map, and everything that may go
 * wrong between them: refusals, lost replies, throttling, writes that are forgotten,
 * values that others move, and a process that dies.
 *
 * @module
 */
import type { OperationProgress } from "../../core/domain/change_set.ts";
import type { EntityKey } from "../../core/domain/entity.ts";
import { EngineError } from "../../core/domain/error.ts";
import type { ChangeJob } from "../../core/plans/changes/execute.ts";
import type {
  ChangeJournal,
  PlanDestination,
} from "../../core/ports/changes.ts";
import type { Setting, SettingChange } from "../../plugins/contract.ts";

/** The process is dead. */
export class Crash extends Error {}

/** What goes wrong, drawn from a script; nothing does when it has ended. */
export interface Mishaps {
  /** Numbers from 0 to 99; the higher, the worse. */
  readonly script: readonly number[];
  /** Targets that are refused for good. */
  readonly refuses: ReadonlySet<EntityKey>;
  /** Whether a batch is written all or none, compared with what is expected. */
  readonly atomic: boolean;
  /** Whether others move values. */
  readonly drifts: boolean;
}

/** Values, and what has become of them. */
interface Values {
  readonly live: Map<EntityKey, string | null>;
  /** What each would hold if the engine had never written. */
  readonly foreign: Map<EntityKey, string | null>;
  /** Targets that others moved. */
  readonly moved: Set<EntityKey>;
  /** Most that was ever spent, since it was last set, micros. */
  peak: bigint;
  /** Targets whose value was neither old nor new, and was written over. */
  readonly overwritten: EntityKey[];
  /** How often each target was written. */
  readonly puts: Map<EntityKey, number>;
  /** Moves a value by another hand. */
  move(target: EntityKey): void;
}

/** A process that may die. */
interface Process {
  /** Dies at this point from now on; every call has one before it and one after. */
  dieAt(point: number): void;
  /** Points passed since. */
  points(): number;
}

/** A place where values are held, and a process that writes them. */
export interface World extends Values, Process {
  readonly destination: PlanDestination;
  readonly journal: ChangeJournal;
  /** Largest number of values in one write. */
  largest: number;
  writes: number;
  /** Lets nothing go wrong any more but refusals. */
  heal(): void;
  sleep(ms: number): Promise<void>;
}

type Around = <T>(act: () => T) => Promise<T>;

/** Makes a world. */
export function createWorld(
  initial: ReadonlyMap<EntityKey, string | null>,
  mishaps: Mishaps,
): World {
  const { script, drifts } = mishaps;
  const values = createValues(initial);
  const process = createProcess();
  const { around } = process;
  const targets = [...initial.keys()];
  let at = 0;
  const draw = () => script[at++] ?? 0;
  function maybeMove(): void {
    const drawn = drifts ? draw() : 0;
    const target = targets[drawn % targets.length];
    if (drawn >= 85 && target !== undefined) values.move(target);
  }
  const { read, write } = createCalls(values, { ...mishaps, draw, maybeMove });
  const world: World = Object.assign(values, {
    ...process,
    largest: 0,
    writes: 0,
    journal: mapJournal(around),
    heal() {
      at = script.length;
      process.dieAt(Infinity);
    },
    sleep: () => around(maybeMove),
    destination: {
      name: "map",
      rate: { batch: 3, pauseMs: 10 },
      read: (asked: readonly Omit<Setting, "value">[]) =>
        around(() => read(asked)),
      write: (change: SettingChange) =>
        around(() => {
          world.writes++;
          world.largest = Math.max(world.largest, change.settings.length);
          write(change);
        }),
    },
  });
  return world;
}

function createProcess(): Process & { readonly around: Around } {
  let [deadly, passed] = [Infinity, 0];
  function pass(): void {
    if (++passed >= deadly) throw new Crash("The process is dead");
  }
  return {
    points: () => passed,
    dieAt(point) {
      [deadly, passed] = [point, 0];
    },
    async around(act) {
      pass();
      const result = await act();
      pass();
      return result;
    },
  };
}

function createValues(
  initial: ReadonlyMap<EntityKey, string | null>,
): Values {
  let strange = 7_000_000_000;
  const values: Values = {
    live: new Map(initial),
    foreign: new Map(initial),
    moved: new Set(),
    peak: totalOf(initial),
    overwritten: [],
    puts: new Map(),
    move(target) {
      const value = `${++strange}`;
      values.live.set(target, value);
      values.foreign.set(target, value);
      values.moved.add(target);
    },
  };
  return values;
}

function put(
  values: Values,
  { target, value, expect }: SettingChange["settings"][number],
): void {
  const { live, puts, overwritten } = values;
  const was = live.get(target) ?? null;
  if (was !== expect && was !== value) overwritten.push(target);
  live.set(target, value);
  puts.set(target, (puts.get(target) ?? 0) + 1);
  const total = totalOf(live);
  if (total > values.peak) values.peak = total;
}

/** Calls as the destination takes them: all or none, or one after the other. */
function createCalls(values: Values, { refuses, atomic, draw, maybeMove }:
  & Mishaps
  & { draw(): number; maybeMove(): void }) {
  const { live } = values;
  function read(asked: readonly Omit<Setting, "value">[]): Setting[] {
    maybeMove();
    const drawn = draw();
    if (drawn >= 97) throw failure("source_refused");
    if (drawn >= 92) throw failure("source_unavailable");
    return asked.map((one) => ({
      ...one,
      value: live.get(one.target) ?? null,
    }));
  }
  function writeAtOnce({ settings }: SettingChange): void {
    maybeMove();
    const moved = settings.some(({ target, expect, value }) =>
      ![expect, value].includes(live.get(target) ?? null)
    );
    if (moved) throw failure("change_drifted");
    const refused = settings.some(({ target }) => refuses.has(target));
    if (refused) throw failure("request_invalid");
    play(draw(), () => settings.forEach((one) => put(values, one)));
    maybeMove();
  }
  function writeInTurn({ settings }: SettingChange): void {
    const drawn = draw();
    const until = drawn >= 60 ? drawn % (settings.length + 1) : settings.length;
    for (const setting of settings.slice(0, until)) {
      if (refuses.has(setting.target)) throw failure("request_invalid");
      put(values, setting);
    }
    if (until < settings.length) throw failure("source_unavailable");
    play(draw(), () => {});
  }
  return { read, write: atomic ? writeAtOnce : writeInTurn };
}

/** What comes of a write: it is lost before, after, or told as done and is not. */
function play(drawn: number, write: () => void): void {
  if (drawn >= 98) throw failure("source_throttled", 3600);
  if (drawn >= 95) throw failure("source_throttled", 5);
  if (drawn >= 92) throw new TypeError("A slip of the connector");
  if (drawn >= 85) throw failure("source_unavailable");
  if (drawn >= 80) throw failure("source_refused");
  if (drawn >= 75) return;
  write();
  if (drawn >= 65) throw failure("source_unavailable");
  if (drawn >= 62) throw failure("source_refused");
}

function failure(
  code: ConstructorParameters<typeof EngineError>[0],
  retryAfterSeconds?: number,
): EngineError {
  const facts = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
  return new EngineError(code, 'Cannot write to "map": played', { facts });
}

/** A journal in memory. */
function mapJournal(around: Around): ChangeJournal {
  const kept = new Map<string, OperationProgress>();
  return {
    save: (tenant, changeSet, progress) =>
      around(() => {
        const applies = progress.some(({ direction }) => direction === "apply");
        const back = [...kept.values()].some(({ direction }) =>
          direction === "rollback"
        );
        if (applies && back) throw failure("plan_state_invalid");
        for (const step of progress) {
          const { direction, operation } = step;
          kept.set([tenant, changeSet, direction, operation].join(), step);
        }
      }),
    load: () => around(() => [...kept.values()]),
  };
}

/** What a job needs of a world. */
export function jobIn(
  { destination, journal, sleep }: World,
): Pick<ChangeJob, "tenant" | "destination" | "journal" | "sleep" | "clock"> {
  const clock = { now: () => "2026-03-02T09:00:00.000Z" };
  return { tenant: "acme", destination, journal, sleep, clock };
}

/** All that is spent, micros. */
export function totalOf(live: ReadonlyMap<string, string | null>): bigint {
  return [...live.values()].reduce(
    (sum, value) => sum + BigInt(value ?? 0),
    0n,
  );
}
