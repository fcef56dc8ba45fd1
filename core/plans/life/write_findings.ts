/**
 * What is wrong with the writes of a plan, for its findings.
 *
 * @module
 */
import type { OperationProgress } from "../../domain/change_set.ts";
import type { Plan, PlanFinding } from "../../domain/plan.ts";
import type { ChangeAnswer } from "../changes/execute.ts";
import { fewest } from "./fewest.ts";

/** Lists what was not written, and why. */
export function findUnwritten(
  { changeSet: { operations, inverse } }: Plan,
  { refused, drifted, unsettled, keptBack }: ChangeAnswer,
): PlanFinding[] {
  const targets = new Map(
    [...operations, ...inverse].map(({ id, target }) => [id, target]),
  );
  const find = (
    steps: readonly { readonly operation: string; readonly tells?: string }[],
    { code, about }: { readonly code: string; readonly about: string },
  ) =>
    fewest(steps.map(({ operation, tells = "" }) => {
      const entity = targets.get(operation) ?? null;
      return { code, entity, message: `${entity}: ${about}${tells}` };
    }));
  const seen = ({ operation, seen }: OperationProgress) => ({
    operation,
    tells: seen ?? "unset",
  });
  const failed = ({ operation, error }: OperationProgress) => ({
    operation,
    tells: error === null ? "" : ` with ${error}`,
  });
  return [
    ...find(drifted.map(seen), {
      code: "live_value_drifted",
      about: "somebody else has set it to ",
    }),
    ...find(refused.map(failed), {
      code: "write_refused",
      about: "the destination refused the write",
    }),
    ...find(unsettled, {
      code: "write_unsettled",
      about: "it is not known whether the write took hold",
    }),
    ...find(keptBack.map((operation) => ({ operation })), {
      code: "write_kept_back",
      about: "it waits for what is to pay for it to be lowered",
    }),
  ];
}
