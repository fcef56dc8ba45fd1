/**
 * `moe changes`, `moe changes show` and `moe changes history`: what is proposed, and
 * what became of it.
 *
 * @module
 */
import { CHANGE_STATES, type ChangeState } from "../../domain/change.ts";
import { EngineError } from "../../domain/error.ts";
import { ACTOR, actorOption } from "../actor.ts";
import { type Command, type Options, textOption } from "../command.ts";
import { withEngine } from "../open.ts";
import { printChange, printChanges, printEvents } from "./print_change.ts";
import { SCOPE, scopeOption } from "./scope_option.ts";

/** Lists changes. */
export const changesList: Command = {
  name: "changes",
  about: "changes to policies, models and switches, latest first",
  operands: [],
  options: {
    ...SCOPE,
    state: "only those that stand there, such as in_review; comma-separated",
    subject: "only those of a subject, such as policies",
  },
  run: (scope, _operands, options) =>
    withEngine(scope, async ({ engine: { changes } }) => {
      const states = statesOption(options);
      const subject = textOption(options, "subject", "");
      const found = await changes.list(scopeOption(options), {
        ...states === null ? {} : { states },
        ...subject === "" ? {} : { subject },
      });
      printChanges(found).forEach(scope.terminal.line);
      return 0;
    }),
};

/** Shows one change. */
export const changesShow: Command = {
  name: "changes show",
  about: "a change: what was found out, what differs, and who must agree",
  operands: ["ID"],
  options: {
    ...SCOPE,
    as: "who looks at it; tells what they may do",
    groups: ACTOR.groups,
    "json!": "print all of it as JSON",
  },
  run: (scope, [id = ""], options) =>
    withEngine(scope, async ({ engine: { changes } }) => {
      const ref = { scope: scopeOption(options), id };
      const change = await changes.find(ref);
      if (options.json === true) {
        scope.terminal.line(JSON.stringify(change, null, 2));
        return 0;
      }
      printChange(change).forEach(scope.terminal.line);
      if (options.as === undefined) return 0;
      const by = actorOption(options);
      const may = changes.permitted(change, by).join(", ") || "nothing";
      scope.terminal.line(`${by.name} may: ${may}`);
      return 0;
    }),
};

/** Shows what happened to a change. */
export const changesHistory: Command = {
  name: "changes history",
  about: "what happened to a change, by whom and why",
  operands: ["ID"],
  options: SCOPE,
  run: (scope, [id = ""], options) =>
    withEngine(scope, async ({ engine: { changes } }) => {
      const ref = { scope: scopeOption(options), id };
      await changes.find(ref);
      printEvents(await changes.history(ref)).forEach(scope.terminal.line);
      return 0;
    }),
};

function statesOption(options: Options): readonly ChangeState[] | null {
  const text = textOption(options, "state", "");
  if (text === "") return null;
  return text.split(",").map((word) => {
    const state = CHANGE_STATES.find((known) => known === word.trim());
    if (state !== undefined) return state;
    throw new EngineError(
      "request_invalid",
      `Cannot list changes in state "${word}": choose among ${
        CHANGE_STATES.join(", ")
      }`,
      { facts: { option: "state" } },
    );
  });
}
