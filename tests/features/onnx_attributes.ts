/**
 * Attributes of ONNX operators, as bytes.
 *
 * @module
 */
import { type Field, wholes } from "./onnx_bytes.ts";

/** A whole number. */
export function wholeAttribute(name: string, value: number): Field {
  return [5, [[1, name], [3, value], [20, 2]]];
}

/** A text. */
export function textAttribute(name: string, value: string): Field {
  return [5, [[1, name], [4, value], [20, 3]]];
}

/** Floats. */
export function floatsAttribute(
  name: string,
  values: readonly number[],
): Field {
  const bytes = new Uint8Array(Float32Array.from(values).buffer);
  return [5, [[1, name], [7, bytes], [20, 6]]];
}

/** Whole numbers from 0 on. */
export function wholesAttribute(
  name: string,
  values: readonly number[],
): Field {
  return [5, [[1, name], [8, wholes(values)], [20, 7]]];
}

/** Texts. */
export function textsAttribute(
  name: string,
  values: readonly string[],
): Field {
  const texts = values.map((value): Field => [9, value]);
  return [5, [[1, name], ...texts, [20, 8]]];
}
