/**
 * Which commands are acts, and so on record in the audit log: all but those that only
 * read. To read decisions or the log is an act too.
 *
 * @module
 */
import type { Act } from "../domain/act.ts";
import type { Scope } from "../ports/governance.ts";
import { type Options, textOption } from "./command.ts";

/** Commands that only read; `sources`, `models` and the like list. */
const READING: ReadonlySet<string> = new Set([
  ...["sources", "stream", "pseudonym", "dead-letters", "views", "features"],
  ...["lineage", "features-check", "data-keys list", "erasures", "models"],
  ...["models show", "models history", "models served", "models card"],
  ...["models reproduce", "models watch", "models trial", "verify-log"],
  ...["plan solve", "plan compare", "plans", "plans show", "plans backtest"],
  ...["plans diff", "plans plot", "plans history", "plans progress"],
  ...["plans guardrails", "budgets", "policy analyse", "policy check"],
  ...["policy cases", "policy compat", "policy eval", "policy diff"],
  ...["policy explain", "policy page", "policy replay", "changes"],
  ...["changes show", "changes history", "switches", "keys list", "jobs"],
  ...["migrate --check", "config"],
]);

/** Commands that are about the whole deployment unless they name a tenant. */
const OF_DEPLOYMENT =
  /^(?:audit|changes|checkpoint|data-keys|jobs|migrate|policy|retention|serve|switches)\b/;

/** An act before its request has an id, and in whose log it goes. */
export interface ActAsked {
  readonly scope: Scope;
  readonly act: Omit<Act, "request">;
}

/**
 * What goes on record of a command.
 *
 * @returns Null for one that only reads.
 */
export function actAsked(
  name: string,
  operands: readonly string[],
  options: Options,
): ActAsked | null {
  if (READING.has(name)) return null;
  return {
    scope: OF_DEPLOYMENT.test(name) && options.tenant === undefined
      ? null
      : textOption(options, "tenant", "default"),
    act: {
      act: `moe ${name}`,
      about: operands.join(" "),
      by: textOption(options, "as", "cli"),
      human: true,
      key: null,
      reason: textOption(options, "reason", ""),
    },
  };
}
