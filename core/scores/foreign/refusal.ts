/**
 * Why a model that was brought is not taken.
 *
 * @module
 */
import { EngineError } from "../../domain/error.ts";

/** What is checked of a model that was brought. */
export type ForeignCheck =
  | "size"
  | "onnx"
  | "schema"
  | "opset"
  | "operator"
  | "external_data"
  | "features"
  | "ports"
  | "sample"
  | "runs"
  | "finite"
  | "range"
  | "deterministic"
  | "batch"
  | "order"
  | "missing"
  | "expected";

/** It failed a check. */
export function foreignRefused(
  check: ForeignCheck,
  reason: string,
  cause?: unknown,
): EngineError {
  return new EngineError(
    "model_invalid",
    `Cannot import model: ${check}: ${reason}`,
    { facts: { check }, cause },
  );
}
