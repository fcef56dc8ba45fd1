/**
 * Kill switches that work without the database. Turning one on writes it to this node's
 * own board first, and then among the changes; if that fails it is on here, and is
 * recorded when the database answers again. It stays on the board until its release is in
 * force, so there is no moment at which it is off in between.
 *
 * Without the database a switch is on at the nodes it was turned on at, and no others.
 *
 * @module
 */
import { type Deadlines, openDeadlines } from "../domain/deadline.ts";
import { EngineError, isRefusal } from "../domain/error.ts";
import { findSwitchFault } from "../domain/kill_switch.ts";
import type { Switch } from "../domain/verdict.ts";
import type { Clock } from "../ports/clock.ts";
import type { BoardSwitch, Scope, SwitchBoard } from "../ports/governance.ts";
import { NO_PERSON } from "./acts.ts";
import type { Changes } from "./changes.ts";
import type { Engaging } from "./overrides.ts";
import { isSubject } from "./proposal.ts";
import { compareSwitches, parseSwitch } from "./switch_adapter.ts";
import { refuseReason } from "./wording.ts";

/** Kill switches of this node. */
export interface Switches {
  /**
   * Turns one on, here at once.
   *
   * @returns Whether the other nodes see it too.
   * @throws {EngineError} `approval_invalid` if `by` is no person or gives no reason, or
   * one of that id is on and stops something else.
   */
  turnOn(
    scope: Scope,
    asked: Engaging,
  ): Promise<{ readonly recorded: boolean }>;
  /**
   * Records what is not yet, and takes what was released off the board.
   *
   * @returns A line for each that cannot be recorded as it is.
   */
  settle(): Promise<readonly string[]>;
  /** What is on here, whether the database answers or not. */
  list(): Promise<readonly BoardSwitch[]>;
}

/** What switches stand on. */
export interface SwitchesOptions {
  readonly changes: Changes;
  readonly board: SwitchBoard;
  readonly clock: Clock;
  /** Longest that the database is waited for, ms; 2 s unless given. */
  readonly longestMs?: number;
}

/** Longest that the database is waited for: the next switch is turned on after that. */
const LONGEST_MS = 2000;

/** Puts switches together; one for each board. */
export function createSwitches(given: SwitchesOptions): Switches {
  const { board, clock } = given;
  const options = { ...given, deadlines: openDeadlines() };
  let last: Promise<unknown> = Promise.resolve();
  /** One after the other, so that none overwrites what another wrote. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = last.then(work);
    last = turn.catch(() => {});
    return turn;
  }
  return {
    list: () => board.list(),
    settle: () => inTurn(() => settle(options)),
    turnOn: (scope, asked) =>
      inTurn(async () => {
        refuseAsked(asked);
        const before = await board.list();
        const { by, reason, confirmHours } = asked;
        const added = widen(before, {
          ...{ scope, switch: asked.switch, by, reason },
          ...{ at: clock.now(), recorded: false },
        });
        const others = before.filter((one) => !isSameSwitch(one, added));
        await board.replace([...others, added]);
        try {
          const recorded = await record(options, added, confirmHours);
          await board.replace([...others, { ...added, recorded }]);
          return { recorded };
        } catch (error) {
          if (isRefusal(error)) await board.replace(before);
          throw error;
        }
      }),
  };
}

/** With what bounds the waits. */
interface Bounded extends SwitchesOptions {
  readonly deadlines: Deadlines;
}

async function settle(options: Bounded): Promise<readonly string[]> {
  const { board } = options;
  const lines: string[] = [];
  for (const one of await board.list()) {
    try {
      const then = await settleOne(options, one);
      if (then === one) continue;
      const kept = (await board.list()).flatMap((other) =>
        JSON.stringify(other) === JSON.stringify(one) ? then ?? [] : other
      );
      await board.replace(kept);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      lines.push(`switch ${one.switch.id} is on here alone: ${error.message}`);
    }
  }
  return lines;
}

/** As it stands on the board then; null if it leaves it. */
async function settleOne(
  options: Bounded,
  one: BoardSwitch,
): Promise<BoardSwitch | null> {
  if (one.recorded) return await isReleased(options, one) ? null : one;
  return await record(options, one) ? { ...one, recorded: true } : one;
}

/** A switch that is on here already never comes to stop less. */
function widen(
  before: readonly BoardSwitch[],
  added: BoardSwitch,
): BoardSwitch {
  const known = before.find((one) => isSameSwitch(one, added));
  const change = compareSwitches(known?.switch ?? null, added.switch);
  if (change === "mixed") throw refuseId(added.switch);
  return known === undefined || change === "tightening"
    ? added
    : { ...added, switch: known.switch };
}

/** Whether all that it stops is stopped for all nodes then. */
async function record(
  options: Bounded,
  { scope, switch: one, by, reason }: BoardSwitch,
  confirmHours?: number,
): Promise<boolean> {
  const { changes } = options;
  const hours = confirmHours === undefined ? {} : { confirmHours };
  return await unlessDown(options, async () => {
    const known = await activeSwitch(changes, scope, one.id);
    const change = compareSwitches(known, one);
    if (change === "mixed") throw refuseId(one);
    if (change !== "tightening") return true;
    await changes.turnOn(scope, { switch: one, by, reason, ...hours });
    return true;
  });
}

async function isReleased(
  options: Bounded,
  { scope, switch: { id } }: BoardSwitch,
): Promise<boolean> {
  return await unlessDown(
    options,
    async () => await activeSwitch(options.changes, scope, id) === null,
  );
}

async function activeSwitch(
  changes: Changes,
  scope: Scope,
  id: string,
): Promise<Switch | null> {
  const { content } = await changes.active(scope, `switch:${id}`);
  const text = content === null ? null : await changes.content(content);
  return text === null ? null : parseSwitch(text);
}

/** False while the database does not answer, or not soon; it may be done all the same. */
async function unlessDown(
  { deadlines, longestMs = LONGEST_MS }: Bounded,
  ask: () => Promise<boolean>,
): Promise<boolean> {
  try {
    return await deadlines.start(longestMs).within(ask());
  } catch (error) {
    if (!(error instanceof EngineError) || isRefusal(error)) throw error;
    return false;
  }
}

function refuseAsked({ by, reason, switch: { id, stops } }: Engaging): void {
  const refused = !by.human
    ? NO_PERSON
    : !isSubject("switch", `switch:${id}`)
    ? "its id is snake_case"
    : reason.trim() === ""
    ? "a reason must be given"
    : findSwitchFault(stops) ?? refuseReason(reason);
  if (refused !== null) throw refuseSwitch(id, refused);
}

function refuseId({ id }: Switch): EngineError {
  const refused =
    "one of that id is on and stops something else; give it another id";
  return refuseSwitch(id, refused);
}

function refuseSwitch(id: string, refused: string): EngineError {
  return new EngineError(
    "approval_invalid",
    `Cannot turn on switch "${id}": ${refused}`,
    { facts: { switch: id } },
  );
}

function isSameSwitch(one: BoardSwitch, other: BoardSwitch): boolean {
  return one.scope === other.scope && one.switch.id === other.switch.id;
}
