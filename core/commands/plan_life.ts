/**
 * `moe plans history`, `moe plans progress` and `moe plans guardrails`: what became of
 * a plan.
 *
 * @module
 */
import type { Command, CommandScope } from "./command.ts";
import { TENANT, withEngine } from "./open.ts";
import { tenantOption } from "./option.ts";
import { printTable } from "./terminal.ts";
import type { Plans } from "../plans/plans.ts";

/** Shows the moves of a plan. */
export const plansHistory = reading({
  word: "history",
  about: "what became of a plan, by whom and why",
  headings: ["at", "from", "to", "by", "reason"],
  rows: async (plans, tenant, id) =>
    (await plans.history(tenant, id)).map(({ at, from, to, by, reason }) => [
      ...[at, from ?? "", to, by, reason ?? ""],
    ]),
});

/** Shows how far the writes of a plan have come. */
export const plansProgress = reading({
  word: "progress",
  about: "how far the writes of a plan have come",
  headings: ["operation", "way", "state", "seen", "tries", "error"],
  rows: async (plans, tenant, id) => {
    const { progress } = await plans.progress(tenant, id);
    return progress.map((
      { operation, direction, state, seen, attempts, error },
    ) => [operation, direction, state, seen ?? "", `${attempts}`, error ?? ""]);
  },
});

/** Shows what is seen of the guardrails of a plan. */
export const plansGuardrails = reading({
  word: "guardrails",
  about: "what happened since a plan was applied, against its bounds",
  headings: ["verdict", "what was seen"],
  rows: async (plans, tenant, id) =>
    (await plans.guardrails(tenant, id)).map(({ verdict, detail }) => [
      verdict,
      detail,
    ]),
});

function reading({ word, about, headings, rows }: {
  readonly word: string;
  readonly about: string;
  readonly headings: readonly string[];
  rows(plans: Plans, tenant: string, id: string): Promise<string[][]>;
}): Command {
  return {
    name: `plans ${word}`,
    about,
    operands: ["ID"],
    options: TENANT,
    run: (scope: CommandScope, [id = ""], options) =>
      withEngine(scope, async ({ engine }) => {
        const found = await rows(engine.plans, tenantOption(options), id);
        printTable(headings.map((heading) => ({ heading })), found)
          .forEach(scope.terminal.line);
        return 0;
      }),
  };
}
