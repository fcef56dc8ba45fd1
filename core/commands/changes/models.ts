/**
 * `moe models propose`: a role of a model as a change, agreed upon as policies are.
 *
 * @module
 */
import { printModelContent } from "../../domain/model_role.ts";
import { ACTOR, actorOption } from "../actor.ts";
import { type Command, textOption } from "../command.ts";
import { modelRefOperand, roleOption } from "../model_operand.ts";
import { TENANT, withEngine } from "../open.ts";
import { tenantOption } from "../option.ts";
import { printChange } from "./print_change.ts";
import { submitChecked } from "./reviewing.ts";
import { MEASURE, measuredRolloutOption, ROLLOUT } from "./rollout_option.ts";

/** Proposes that a version take a role. */
export const modelsPropose: Command = {
  name: "models propose",
  about:
    "propose that a version take a role, as a change that two people agree with",
  operands: ["NAME@VERSION"],
  options: {
    ...TENANT,
    ...ACTOR,
    role: "champion, challenger or shadow; champion unless given",
    "reason*": "why",
    ...ROLLOUT,
    ...MEASURE,
  },
  run: (scope, [text = ""], options) =>
    withEngine(scope, async ({ engine: { changes } }) => {
      const { name, version } = modelRefOperand(text);
      const role = roleOption(options);
      const tenant = tenantOption(options);
      const said = {
        by: actorOption(options),
        reason: textOption(options, "reason", ""),
      };
      const { id } = await changes.propose(tenant, {
        ...{ kind: "model", subject: `model:${name}/${role}`, ...said },
        title: `${text} as ${role}`,
        content: printModelContent(version),
        rollout: measuredRolloutOption(options),
      });
      const change = await submitChecked(changes, { scope: tenant, id }, said);
      printChange(change).forEach(scope.terminal.line);
      return change.state === "in_review" ? 0 : 1;
    }),
};
