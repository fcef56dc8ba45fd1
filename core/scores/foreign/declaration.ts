/**
 * What the person who brings a model says of it: what it reads, how it is fed, and what
 * it tells. Kept with the model, so that its bytes stay as they were brought.
 *
 * @module
 */
import { z } from "zod";
import type { InputSchema } from "../../domain/encoding.ts";
import { columnNames } from "../../domain/encoding.ts";
import { type ModelPorts, PORT_TYPES } from "../../domain/model_ports.ts";
import { foreignRefused } from "./refusal.ts";

const said = z.string().min(1).max(200);
const word = z.string().max(200);

const numberInput = z.strictObject({
  name: said,
  kind: z.literal("number"),
  /** What stands in for a missing number; null where the model takes NaN. */
  fill: z.number().nullable(),
  typical: z.number().nullable().default(null),
});

const categoryInput = z.strictObject({
  name: said,
  kind: z.literal("category"),
  /** Known words in column order, or in the order of their codes. */
  vocabulary: z.array(word).min(1).max(1000)
    .refine((all) => new Set(all).size === all.length, "name each word once"),
  typical: word.nullable().default(null),
});

const portType = z.enum(PORT_TYPES).default("float32");

const declaration = z.strictObject({
  inputs: z.array(z.discriminatedUnion("kind", [numberInput, categoryInput]))
    .min(1).max(2000),
  /** Whether a category is one column of codes, and not one column for each word. */
  coded: z.boolean().default(false),
  actions: z.array(said).max(100).default([]),
  crossed: z.boolean().default(false),
  /** One input that takes all columns; or one for each, in column order. */
  ports: z.union([
    z.strictObject({ input: said, type: portType }),
    z.strictObject({
      inputs: z.array(z.strictObject({ name: said, type: portType })).min(1),
    }),
  ]),
  output: z.strictObject({
    name: said,
    /** Which number of each row: 1 for the chance of the second class. */
    column: z.int().nonnegative().default(0),
    unit: said,
    min: z.number().nullable().default(null),
    max: z.number().nullable().default(null),
  }),
  /** Versions of feature views that it was trained on; those that serve, if left out. */
  views: z.array(z.string().regex(/^[a-z][a-z0-9_]*@[1-9]\d*$/)).default([]),
  /** How far scores may be from those given with the sample, relative above 1. */
  tolerance: z.number().positive().max(0.01).default(1e-5),
});

/** What is said of a foreign model. */
export interface ForeignModel {
  readonly schema: InputSchema & { readonly ports: ModelPorts };
  readonly output: {
    readonly unit: string;
    readonly min: number | null;
    readonly max: number | null;
  };
  readonly views: readonly string[];
  readonly tolerance: number;
}

/**
 * Reads a declaration.
 *
 * @param given A JSON value.
 * @returns Inputs, ports and output.
 * @throws {EngineError} `model_invalid`, naming the member and what it should be.
 */
export function parseForeignModel(given: unknown): ForeignModel {
  const parsed = declaration.safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const path = issue?.path.join(".") || "schema";
    throw foreignRefused("schema", `${path}: ${issue?.message ?? "wrong"}`);
  }
  const { ports, output, views, tolerance } = parsed.data;
  const { name, column, ...told } = output;
  const schema = {
    ...schemaOf(parsed.data),
    ports: {
      inputs: "input" in ports
        ? [{ name: ports.input, type: ports.type }]
        : ports.inputs,
      output: { name, column },
    },
  };
  refuseUneven(schema);
  return {
    schema,
    output: told.unit === "probability" ? { ...told, min: 0, max: 1 } : told,
    views,
    tolerance,
  };
}

function schemaOf(
  { inputs, actions, crossed, coded }: z.output<typeof declaration>,
): InputSchema {
  return {
    inputs: inputs.map((input) =>
      input.kind === "number" ? input : { ...input, fill: null }
    ),
    actions,
    crossed,
    ...(coded && { coded }),
  };
}

function refuseUneven(schema: InputSchema & { ports: ModelPorts }): void {
  const columns = columnNames(schema);
  const { length } = schema.ports.inputs;
  if (new Set(columns).size !== columns.length) {
    throw foreignRefused("schema", "inputs: name each input once");
  }
  if (length !== 1 && length !== columns.length) {
    throw foreignRefused(
      "schema",
      `ports.inputs: ${length} for ${columns.length} columns`,
    );
  }
}
