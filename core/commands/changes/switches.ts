/**
 * `moe switches`: kill switches, turned on by one person at once, confirmed by a second,
 * and released by a reviewed change.
 *
 * @module
 */
import type { Change } from "../../domain/change.ts";
import { EngineError } from "../../domain/error.ts";
import { SWITCH_NAMES } from "../../domain/kill_switch.ts";
import type { Switch, SwitchScope } from "../../domain/verdict.ts";
import type { Changes } from "../../governance/changes.ts";
import { createSwitches, type Switches } from "../../governance/switches.ts";
import { parseSwitch, SWITCH_OFF } from "../../governance/switch_adapter.ts";
import type { BoardSwitch, Scope } from "../../ports/governance.ts";
import { systemClock } from "../../store/clock.ts";
import { createSwitchBoard } from "../../store/switch_board.ts";
import { ACTOR, actorOption } from "../actor.ts";
import { type Command, type Options, textOption } from "../command.ts";
import { withEngine } from "../open.ts";
import { wholeNumberOption } from "../option.ts";
import { printTable } from "../terminal.ts";
import { printChange } from "./print_change.ts";
import { submitChecked } from "./reviewing.ts";
import { SCOPE, scopeOption } from "./scope_option.ts";

const ID = /^[a-z][a-z0-9_]{0,62}$/;
const CONFIRM_HOURS = { otherwise: 24, least: 1, most: 168 };
/** Whose it is, `--tenant` says. */
const STOPS = SWITCH_NAMES.filter((name) => name !== "tenant");

/** Lists the switches that are on. */
export const switchesList: Command = {
  name: "switches",
  about: "kill switches that are on, and who stands behind them",
  operands: [],
  options: SCOPE,
  run: (scope, _operands, options) =>
    withEngine(scope, async ({ engine: { changes, switches } }) => {
      const whose = scopeOption(options);
      const known = await readSwitches(changes, whose);
      const alone = (await switches.list())
        .filter((one) => one.scope === whose && !one.recorded);
      printTable(
        ["switch", "stops", "since", "by", "confirmed", "reason"]
          .map((heading) => ({ heading })),
        [...known.map(printOn), ...alone.map(printAlone)],
      ).forEach(scope.terminal.line);
      return 0;
    }),
};

/** Turns a switch on. */
export const switchesOn: Command = {
  name: "switches on",
  about: "stop all decisions, or those that are all of what is named, at once",
  operands: ["ID"],
  options: {
    ...SCOPE,
    channel: "only those of a channel",
    account: "only those of an account",
    campaign: "only those of a campaign",
    model: "only those of a model",
    policies: "only those taken while policies of this hash are in force",
    connector: "not decisions, but all that a connector reads and writes",
    act: '"apply": not decisions, but the writing of plans',
    ...ACTOR,
    "reason*": "why",
    "confirm-hours":
      "hours until a second person is to confirm it; 24 unless given",
  },
  run: async (scope, [id = ""], options) => {
    const { terminal, configuration: { dataFolder } } = scope;
    const whose = scopeOption(options);
    const asked = askedSwitch(id, options);
    async function turnOn(switches: Switches): Promise<number> {
      const { recorded } = await switches.turnOn(whose, asked);
      terminal.line(
        recorded
          ? `${id} is on; another person confirms it with "moe switches confirm ${id}"`
          : `${id} is on at this node, and recorded for all as soon as its server can`,
      );
      return 0;
    }
    try {
      return await withEngine(scope, ({ engine }) => turnOn(engine.switches));
    } catch (error) {
      if (!isAway(error)) throw error;
      return await turnOn(createSwitches({
        changes: changesAway(error),
        board: createSwitchBoard(dataFolder),
        clock: systemClock,
      }));
    }
  },
};

function askedSwitch(id: string, options: Options) {
  const reason = textOption(options, "reason", "");
  const confirmHours = wholeNumberOption(
    options,
    "confirm-hours",
    CONFIRM_HOURS,
  );
  return {
    switch: { id: switchOperand(id), stops: stopsOption(options), reason },
    ...{ by: actorOption(options), reason, confirmHours },
  };
}

/** Whether the database does not answer, or belongs to a server that runs. */
function isAway(error: unknown): error is EngineError {
  return error instanceof EngineError &&
    ["store_unavailable", "store_locked"].includes(error.code);
}

/** Changes that cannot be reached: the switch is on the board of this node first. */
function changesAway(cause: EngineError): Changes {
  const away = () =>
    Promise.reject(
      new EngineError("store_unavailable", cause.message, { cause }),
    );
  return new Proxy({} as Changes, { get: () => away });
}

/** Stands behind a switch. */
export const switchesConfirm: Command = onSwitch({
  word: "confirm",
  about: "stand behind a switch that another person turned on",
  step: async (changes, { whose, id, by, reason }) => {
    const change = await findActive(changes, whose, id);
    const ref = { scope: whose, id: change };
    return await changes.act(ref, { act: "confirm", by, reason });
  },
});

/** Proposes to release a switch. */
export const switchesRelease: Command = onSwitch({
  word: "release",
  about: "propose to turn a switch off; two other people agree",
  step: async (changes, { whose, id, by, reason }) => {
    await findActive(changes, whose, id);
    const proposed = await changes.propose(whose, {
      ...{ kind: "switch", subject: `switch:${id}`, content: SWITCH_OFF },
      ...{ title: `Release switch ${id}`, reason, by },
    });
    const ref = { scope: whose, id: proposed.id };
    return await submitChecked(changes, ref, { by, reason });
  },
});

interface Asked {
  readonly whose: Scope;
  readonly id: string;
  readonly by: ReturnType<typeof actorOption>;
  readonly reason: string;
}

function onSwitch({ word, about, step }: {
  readonly word: string;
  readonly about: string;
  step(changes: Changes, asked: Asked): Promise<Change>;
}): Command {
  return {
    name: `switches ${word}`,
    about,
    operands: ["ID"],
    options: { ...SCOPE, ...ACTOR, "reason*": "why" },
    run: (scope, [id = ""], options) =>
      withEngine(scope, async ({ engine: { changes } }) => {
        const change = await step(changes, {
          whose: scopeOption(options),
          id: switchOperand(id),
          by: actorOption(options),
          reason: textOption(options, "reason", ""),
        });
        printChange(change).forEach(scope.terminal.line);
        return 0;
      }),
  };
}

interface SwitchOn {
  readonly on: Switch;
  readonly change: Change;
}

async function readSwitches(
  changes: Changes,
  scope: Scope,
): Promise<readonly SwitchOn[]> {
  const found: SwitchOn[] = [];
  for (const { subject, content, change } of await changes.pointers(scope)) {
    if (!subject.startsWith("switch:") || !content || !change) continue;
    const on = parseSwitch(await changes.content(content) ?? SWITCH_OFF);
    if (on === null) continue;
    found.push({ on, change: await changes.find({ scope, id: change }) });
  }
  return found;
}

async function findActive(
  changes: Changes,
  scope: Scope,
  id: string,
): Promise<string> {
  const on = (await readSwitches(changes, scope))
    .find((one) => one.on.id === id);
  if (on !== undefined) return on.change.id;
  throw new EngineError(
    "not_found",
    `Cannot find switch "${id}": none of that name is on; "moe switches" lists them`,
  );
}

function printOn({ on, change }: SwitchOn): string[] {
  const { confirmation, since } = change;
  const { turnedOnBy = change.createdBy, confirmedBy = null } = confirmation ??
    {};
  return [
    ...[on.id, printStops(on.stops), since, turnedOnBy],
    confirmedBy ?? `due by ${confirmation?.dueAt ?? ""}`,
    on.reason,
  ];
}

function printAlone({ switch: on, at, by }: BoardSwitch): string[] {
  const told = "not recorded: at this node alone";
  return [on.id, printStops(on.stops), at, by.name, told, on.reason];
}

function printStops(stops: SwitchScope): string {
  const named = Object.entries(stops).map(([name, of]) => `${name} ${of}`);
  return named.length === 0 ? "everything" : named.join(", ");
}

function stopsOption(options: Options): SwitchScope {
  return Object.fromEntries(
    STOPS.flatMap((name) => {
      const given = textOption(options, name, "");
      return given === "" ? [] : [[name, given]];
    }),
  );
}

function switchOperand(id: string): string {
  if (ID.test(id)) return id;
  throw new EngineError(
    "request_invalid",
    `Cannot use switch "${id}": its id is snake_case`,
    { facts: { operand: "ID" } },
  );
}
