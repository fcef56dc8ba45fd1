/**
 * Refusals of plan requests, in the words of whoever asked: fields of the request as
 * they are written on the wire, and rules of policies with their reasons.
 *
 * @module
 */
import { EngineError, type ErrorFacts } from "../../../domain/error.ts";
import type { AppliedRule } from "../../../domain/verdict.ts";

const NAMED = 12;

/** What cannot hold together. */
export interface Refusal {
  /** Fields, and rules as `rule:<policy>@<version>/<id>`. */
  readonly asked: readonly string[];
  /** For a person. */
  readonly reason: string;
  /** What each asks for, for a person; the fields and rules themselves if absent. */
  readonly texts?: readonly string[];
  /** Rules that spoke, whose reasons are told where they are named. */
  readonly rules?: readonly Pick<AppliedRule, "rule" | "reason">[];
  /** What would help, for a person and for a machine. */
  readonly help?: { readonly sentence: string; readonly facts: ErrorFacts };
}

/**
 * Makes the failure for constraints that leave no plan.
 *
 * @returns `plan_infeasible`, its facts the constraints one by one.
 */
export function refuseConflict(
  { asked, reason, texts = asked, rules = [], help }: Refusal,
): EngineError {
  const named = [...new Set(asked)];
  const told = [...new Set(texts)];
  const listed = told.slice(0, NAMED).map((text) => {
    const rule = rules.find((one) =>
      `${text} `.startsWith(`rule:${one.rule} `)
    );
    return rule === undefined ? text : `${text} "${rule.reason}"`;
  });
  const more = told.length - listed.length;
  const list = listed.join(", ") + (more > 0 ? ` and ${more} more` : "");
  return new EngineError(
    "plan_infeasible",
    `Cannot make plan: ${reason} (${list}); ${
      help?.sentence ?? "relax one of these"
    }`,
    {
      facts: {
        constraints: named.slice(0, NAMED).join(", "),
        conflicting: named.length,
        ...Object.fromEntries(
          named.slice(0, NAMED).map((one, at) => [`conflict_${at + 1}`, one]),
        ),
        ...help?.facts ?? {},
      },
    },
  );
}

/** Makes the failure for a field that cannot be read, or not together with others. */
export function refuseField(field: string, reason: string): EngineError {
  return new EngineError("request_invalid", `Cannot make plan: ${reason}`, {
    facts: { field },
  });
}
