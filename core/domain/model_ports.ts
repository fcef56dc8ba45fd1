/**
 * How a model that was trained elsewhere takes its columns and tells its score. It is
 * kept with the model, so that its bytes stay as they were brought.
 *
 * @module
 */

/** Largest artifact that is taken of a model trained elsewhere, bytes. */
export const MOST_FOREIGN_BYTES: number = 32 * 2 ** 20;

/** What numbers a port takes. */
export const PORT_TYPES = ["float32", "float64", "int32", "int64"] as const;

/** What numbers a port takes. */
export type PortType = typeof PORT_TYPES[number];

/** Ports of an ONNX model. */
export interface ModelPorts {
  /**
   * One input that takes all columns, shape [rows, columns]; or one for each column,
   * in column order, shape [rows, 1] or [rows].
   */
  readonly inputs: readonly {
    readonly name: string;
    readonly type: PortType;
  }[];
  /** Where it tells its score. */
  readonly output: {
    readonly name: string;
    /** Which of the numbers that it gives for each row is the score; 0 is the first. */
    readonly column: number;
  };
}

/** Ports of every model that is trained here. */
export const OWN_PORTS: ModelPorts = {
  inputs: [{ name: "features", type: "float32" }],
  output: { name: "score", column: 0 },
};
