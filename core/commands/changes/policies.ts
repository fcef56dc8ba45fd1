/**
 * `moe policy propose` and `moe policy rollback`: how policies come into force, and
 * back.
 *
 * @module
 */
import type { Change } from "../../domain/change.ts";
import { EngineError } from "../../domain/error.ts";
import type { Changes } from "../../governance/changes.ts";
import type { Scope } from "../../ports/governance.ts";
import { loadPolicies } from "../../verdicts/document/load.ts";
import { POLICIES } from "../../verdicts/in_force/policy_book.ts";
import { ACTOR, actorOption } from "../actor.ts";
import {
  type Command,
  type CommandScope,
  type Options,
  textOption,
} from "../command.ts";
import { readPolicies } from "../files.ts";
import { withEngine } from "../open.ts";
import { printChange } from "./print_change.ts";
import { submitChecked } from "./reviewing.ts";
import { ROLLOUT, rolloutOption } from "./rollout_option.ts";
import { SCOPE, scopeOption } from "./scope_option.ts";

/** Proposes the policies of a folder. */
export const policyPropose: Command = {
  name: "policy propose",
  about: "propose the policies of a folder, check them and ask for review",
  operands: [],
  options: {
    ...SCOPE,
    set: "folder of policy files; MOE_POLICIES unless given",
    ...ACTOR,
    "title*": "what it is, in a line",
    "reason*": "why",
    change: "id of a change to write anew, in place of proposing another",
    ...ROLLOUT,
  },
  run: (scope, _operands, options) =>
    withEngine(scope, async ({ engine: { changes } }) => {
      const by = actorOption(options);
      const { text } = loadPolicies(
        await readPolicies(folderOption(scope, options)),
      );
      const whose = scopeOption(options);
      const { content } = await changes.active(whose, POLICIES);
      if (content !== null && await changes.content(content) === text) {
        scope.terminal.line(`nothing to propose: ${content} is in force`);
        return 0;
      }
      const { id } = await write(changes, { scope: whose, text, options });
      const change = await submitChecked(
        changes,
        { scope: whose, id },
        { by, reason: textOption(options, "reason", "") },
      );
      printChange(change).forEach(scope.terminal.line);
      if (change.state === "in_review") return 0;
      scope.terminal.warn(
        `${id} was not submitted: mend the files and run this again with --change ${id}`,
      );
      return 1;
    }),
};

/** Puts policies into force that were so before. */
export const policyRollback: Command = {
  name: "policy rollback",
  about:
    "put policies into force that were so before, at once; another person looks at it afterwards",
  operands: [],
  options: {
    ...SCOPE,
    "to*": 'hash of the set, or its beginning, as "moe audit" tells it',
    ...ACTOR,
    "reason*": "why",
  },
  run: (scope, _operands, options) =>
    withEngine(scope, async ({ engine: { changes }, stores }) => {
      const whose = scopeOption(options);
      const moves = await stores.governance.moves(whose, POLICIES);
      const to = findFormer(
        textOption(options, "to", ""),
        moves.flatMap(({ content }) => content ?? []),
      );
      const change = await changes.rollBack(whose, {
        ...{ kind: "policies", subject: POLICIES, to },
        by: actorOption(options),
        reason: textOption(options, "reason", ""),
      });
      printChange(change).forEach(scope.terminal.line);
      scope.terminal.line(
        `another person closes it with "moe changes acknowledge ${change.id} --as THEM --reason WHY"`,
      );
      return 0;
    }),
};

interface Written {
  readonly scope: Scope;
  readonly text: string;
  readonly options: Options;
}

/** Keeps a draft: a new one, or what is there written anew. */
async function write(
  changes: Changes,
  { scope, text: content, options }: Written,
): Promise<Change> {
  const by = actorOption(options);
  const [title, reason, id] = ["title", "reason", "change"]
    .map((name) => textOption(options, name, "")) as [string, string, string];
  const said = { by, title, reason, content, rollout: rolloutOption(options) };
  if (id !== "") return await changes.edit({ scope, id }, said);
  const subject = { kind: "policies", subject: POLICIES } as const;
  return await changes.propose(scope, { ...subject, ...said });
}

function folderOption({ configuration }: CommandScope, options: Options) {
  const folder = textOption(options, "set", "");
  if (folder !== "") return folder;
  if (options.tenant === undefined) return configuration.policiesFolder;
  throw new EngineError(
    "request_invalid",
    'Cannot run "moe policy propose": --set must be given with --tenant',
    { facts: { option: "set" } },
  );
}

/** The hash that begins so, among those of sets that were in force. */
function findFormer(given: string, hashes: readonly string[]): string {
  const matching = [...new Set(hashes)].filter((hash) =>
    hash.startsWith(given)
  );
  const [only] = matching;
  if (only !== undefined && matching.length === 1) return only;
  throw new EngineError(
    "not_found",
    `Cannot roll back to "${given}": ${
      only === undefined ? "no such set" : "more than one set"
    } was ever in force`,
    { facts: { option: "to" } },
  );
}
