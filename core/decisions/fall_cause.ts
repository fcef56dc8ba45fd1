/**
 * Why a rung was left, in words that do not change: dashboards and people count them.
 *
 * | cause | means |
 * | --- | --- |
 * | `deadline` | the time that was left did not suffice |
 * | `late:<dependency>` | it did not answer in the time that it may take |
 * | `breaker_open:<dependency>` | it was not asked, as it did not answer others lately |
 * | `champion_unconfirmed` | who is in charge could not be asked; who was last is taken |
 * | any other | the code of what went wrong |
 *
 * Dependencies are `postgres`, `kv` and `onnx`. `features: ` or `limits: ` before it says
 * that not the model failed but what it reads, or what was counted.
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";

/** The time that was left did not suffice. */
export const NO_TIME = "deadline";

/** Who is in charge could not be asked. */
export const UNCONFIRMED = "champion_unconfirmed";

/** Short, stable cause of a fall. */
export function causeOf(error: unknown): string {
  if (!(error instanceof EngineError)) return "internal_error";
  const { code, facts, cause } = error;
  if (code === "deadline_exceeded") return NO_TIME;
  if (facts.breaker !== undefined) return `breaker_open:${facts.breaker}`;
  if (facts.late !== undefined) return `late:${facts.late}`;
  return isGuarded(cause) ? causeOf(cause) : code;
}

/** As {@link causeOf}; but what somebody can mend is told in full. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof EngineError)) return causeOf(error);
  const short = causeOf(error);
  return short === error.code ? error.message : short;
}

/** Whether a failure comes of a dependency that hung, or was not asked. */
function isGuarded(cause: unknown): boolean {
  return cause instanceof EngineError &&
    (cause.facts.breaker !== undefined || cause.facts.late !== undefined);
}
