/**
 * `moe replay`, `moe explain`: logged decisions, taken again and explained.
 *
 * @module
 */
import { type Command, textOption } from "./command.ts";
import { TENANT, withEngine } from "./open.ts";
import { tenantOption } from "./option.ts";

/** Takes a logged decision again and compares. */
export const replay: Command = {
  name: "replay",
  about: "take a logged decision again and compare, bit for bit",
  operands: [],
  options: { ...TENANT, "decision*": "its id" },
  run: (scope, _operands, options) =>
    withEngine(scope, async ({ engine }) => {
      const id = textOption(options, "decision", "");
      const tenant = tenantOption(options);
      const { same, replayed, differences } = await engine.decisions.replay(
        tenant,
        id,
      );
      scope.terminal.line(JSON.stringify(replayed.recommendation));
      scope.terminal.line(
        same
          ? `${id}: the same answer, bit for bit`
          : `${id}: the answer differs in ${differences.join(", ")}`,
      );
      return same ? 0 : 1;
    }),
};

/** Says why a decision was taken. */
export const explain: Command = {
  name: "explain",
  about: "say why a logged decision was taken",
  operands: [],
  options: { ...TENANT, "decision*": "its id" },
  run: (scope, _operands, options) =>
    withEngine(scope, async ({ engine }) => {
      const explanation = await engine.decisions.explain(
        tenantOption(options),
        textOption(options, "decision", ""),
      );
      scope.terminal.line(JSON.stringify(explanation, null, 2));
      return 0;
    }),
};
