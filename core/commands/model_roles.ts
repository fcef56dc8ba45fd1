/**
 * `moe models approve`, `reject`, `promote`, `settle` and `rollback`: who lets a model
 * serve, and in which role.
 *
 * @module
 */
import type { ModelEvent } from "../domain/model_event.ts";
import { printModelRef } from "../domain/score.ts";
import { printConsistency } from "../features/consistency_report.ts";
import { type Command, type Options, textOption } from "./command.ts";
import { printEvent } from "./model_list.ts";
import {
  fromOption,
  modelNameOperand,
  modelRefOperand,
  reasonOption,
  roleOption,
  seqOperand,
} from "./model_operand.ts";
import { AS, type Opened, TENANT, withEngine } from "./open.ts";
import { personOption, tenantOption } from "./option.ts";

const ROLES = "champion, challenger or shadow";

/** Approves. */
export const modelsApprove: Command = {
  ...defineReview(
    "approve",
    "let a pending version serve; not by the one who trained it",
  ),
  options: {
    ...TENANT,
    ...AS,
    role: `${ROLES}, or none yet; champion unless given`,
    reason: "why",
  },
};

/** Rejects. */
export const modelsReject: Command = defineReview(
  "reject",
  "refuse a pending version",
);

function defineReview(word: "approve" | "reject", about: string): Command {
  return {
    name: `models ${word}`,
    about,
    operands: ["NAME@VERSION"],
    options: { ...TENANT, ...AS, reason: "why" },
    run: (scope, [ref = ""], options) =>
      withEngine(scope, async ({ engine, clock }) => {
        const tenant = tenantOption(options);
        const record = await engine.models.review(
          tenant,
          modelRefOperand(ref),
          {
            by: personOption(options),
            at: clock.now(),
            approve: word === "approve",
            alias: options.role === "none" ? null : roleOption(options),
            reason: textOption(options, "reason", ""),
          },
        );
        scope.terminal.line(`${printModelRef(record)}  ${record.status}`);
        const { maxMismatch } = scope.configuration.consistency;
        for (const read of await engine.trust.consistencyOf(tenant, record)) {
          scope.terminal.line(printConsistency(read, maxMismatch));
        }
        return 0;
      }),
  };
}

/** Proposes that a role go to another version. */
export const modelsPromote: Command = defineChange({
  name: "models promote",
  about: "propose that a version take a role; another person settles it",
  operands: ["NAME@VERSION"],
  options: {
    role: `${ROLES}; champion unless given`,
    "reason*": "why",
  },
  change: async ({ engine }, [text = ""], { tenant, options, ...said }) =>
    await engine.models.propose(tenant, {
      ...modelRefOperand(text),
      ...said,
      alias: roleOption(options),
      reason: reasonOption(options),
    }),
  hint: ({ name, seq }) =>
    `another person settles it with "moe models settle ${name} ${seq}"`,
});

/** Settles a proposal. */
export const modelsSettle: Command = defineChange({
  name: "models settle",
  about: "give a role away as proposed, by another person; or decline it",
  operands: ["NAME", "SEQ"],
  options: { "decline!": "decline it, or take it back", reason: "why" },
  change: async (
    { engine },
    [name = "", seq = ""],
    { tenant, options, ...said },
  ) =>
    await engine.models.settle(
      tenant,
      { name: modelNameOperand(name), seq: seqOperand(seq) },
      {
        ...said,
        approve: options.decline !== true,
        reason: textOption(options, "reason", ""),
      },
    ),
});

/** Gives a role back. */
export const modelsRollback: Command = defineChange({
  name: "models rollback",
  about: "give a role back to the version that had it before, at once",
  operands: ["NAME"],
  options: {
    role: `${ROLES}; champion unless given`,
    from: "number of the version that has it; refused if it has it no more",
    "reason*": "why",
  },
  change: async ({ engine }, [name = ""], { tenant, options, ...said }) =>
    await engine.models.rollBack(tenant, {
      ...said,
      name: modelNameOperand(name),
      alias: roleOption(options),
      from: fromOption(options),
      reason: reasonOption(options),
    }),
});

interface Said {
  readonly tenant: string;
  readonly options: Options;
  readonly by: string;
  readonly at: string;
}

interface Change extends Pick<Command, "name" | "about" | "operands"> {
  readonly options: Command["options"];
  change(
    opened: Opened,
    operands: readonly string[],
    said: Said,
  ): Promise<ModelEvent>;
  hint?(event: ModelEvent): string;
}

function defineChange({ change, hint, options, ...told }: Change): Command {
  return {
    ...told,
    options: { ...TENANT, ...AS, ...options },
    run: (scope, operands, given) =>
      withEngine(scope, async (opened) => {
        const event = await change(opened, operands, {
          tenant: tenantOption(given),
          options: given,
          by: personOption(given),
          at: opened.clock.now(),
        });
        scope.terminal.line(`${event.seq}  ${printEvent(event)}`);
        if (hint !== undefined) scope.terminal.line(hint(event));
        return 0;
      }),
  };
}
