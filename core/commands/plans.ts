/**
 * `moe plans`: look at plans and move them on.
 *
 * @module
 */
import type { Plan } from "../domain/plan.ts";
import type { Engine } from "../engine.ts";
import { isReview } from "../plans/life/reviews.ts";
import type { Said } from "../plans/plans.ts";
import { type Command, textOption } from "./command.ts";
import { AS, TENANT, withEngine } from "./open.ts";
import { personOption, tenantOption, wholeNumberOption } from "./option.ts";
import { printPlan } from "./print_plan.ts";
import { printTable } from "./terminal.ts";

const REASON = { reason: "why, for its history" };
const LIMIT = { otherwise: 20, least: 1, most: 1000 };

/** Lists plans. */
export const plans: Command = {
  name: "plans",
  about: "the latest plans and where they stand",
  operands: [],
  options: { ...TENANT, limit: "how many at most; 20 unless given" },
  run: (scope, _operands, options) =>
    withEngine(scope, async ({ engine }) => {
      const found = await engine.plans.list(
        tenantOption(options),
        wholeNumberOption(options, "limit", LIMIT),
      );
      printTable(
        ["plan", "state", "from", "until", "by", "approved by"].map((
          heading,
        ) => ({ heading })),
        found.map(({ id, state, period, createdBy, approvedBy }) => [
          id,
          state,
          period.from,
          period.until,
          createdBy,
          approvedBy ?? "",
        ]),
      ).forEach(scope.terminal.line);
      return 0;
    }),
};

/** Shows a plan. */
export const plansShow = onPlan({
  word: "show",
  about: "show a plan, and what speaks against it",
  step: ({ plans }, { tenant, id }) => plans.find(tenant, id),
});

/** Validates a plan anew. */
export const plansValidate = onPlan({
  word: "validate",
  about: "judge a plan again; fails if something speaks against it",
  step: ({ plans }, { tenant, id, by }) => plans.validate(tenant, id, by),
  failsOnFindings: true,
});

/** Approves a plan. */
export const plansApprove = onPlan({
  word: "approve",
  about: "approve a validated plan that another person asked for",
  options: REASON,
  step: ({ plans }, asked) =>
    plans.approve(asked.tenant, asked.id, sayOf(asked)),
});

/** Applies a plan. */
export const plansApply = onPlan({
  word: "apply",
  about: "write an approved plan to its destination, or go on writing it",
  options: REASON,
  step: ({ plans }, asked) => plans.apply(asked.tenant, asked.id, sayOf(asked)),
});

/** Rolls a plan back. */
export const plansRollback = onPlan({
  word: "rollback",
  about: "undo a plan exactly, or go on undoing it",
  options: REASON,
  step: ({ plans }, asked) =>
    plans.rollback(asked.tenant, asked.id, sayOf(asked)),
});

/** Verifies a plan. */
export const plansVerify = onPlan({
  word: "verify",
  about: "read an applied plan back; fails if a value has moved",
  step: ({ plans }, { tenant, id, by }) => plans.verify(tenant, id, by),
  failsOnFindings: true,
});

interface Asked {
  readonly tenant: string;
  readonly id: string;
  readonly by: string;
  readonly reason: string;
}

function sayOf({ by, reason }: Asked): string | Said {
  return reason === "" ? by : { by, reason };
}

function onPlan({ word, about, step, options: more = {}, failsOnFindings }: {
  readonly word: string;
  readonly about: string;
  readonly options?: Command["options"];
  step(engine: Pick<Engine, "plans">, asked: Asked): Promise<Plan | null>;
  readonly failsOnFindings?: boolean;
}): Command {
  return {
    name: `plans ${word}`,
    about,
    operands: ["ID"],
    options: { ...TENANT, ...AS, ...more },
    run: (scope, [id = ""], options) =>
      withEngine(scope, async ({ engine }) => {
        const found = await step(engine, {
          ...{ tenant: tenantOption(options), id, by: personOption(options) },
          reason: textOption(options, "reason", ""),
        });
        if (found === null) {
          scope.terminal.warn(`there is no plan ${id}`);
          return 1;
        }
        printPlan(found).forEach(scope.terminal.line);
        found.findings.forEach(({ code, message }) =>
          scope.terminal.line(`${code}: ${message}`)
        );
        const against = found.findings.filter((one) => !isReview(one));
        return failsOnFindings && against.length > 0 ? 1 : 0;
      }),
  };
}
