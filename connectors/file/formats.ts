/**
 * The two kinds of files in a folder, as schemas: `settings.json`, what holds now, and
 * `changes/<version>.json`, each change with its old and new values.
 *
 * @module
 */
import type { EntityKey } from "@moe/plugin";
import * as z from "zod";
import { Signature } from "./signature.ts";

/** Operations of one change at most. */
export const MAX_OPERATIONS = 100_000;

const MAX_TEXT = 1000;

const Value = z.string().max(MAX_TEXT);
/** The one name that records of the schema's library pass over is refused. */
const Name = z.string().min(1).max(MAX_TEXT).refine(
  (name) => name !== "__proto__",
  "it cannot be the name of a member",
);
const Version = z.int().positive();

const Operation = z.strictObject({
  key: Name.describe(
    "Idempotency key; begins with the id of the plan that wanted it",
  ),
  target: Name.describe("What is changed, as `campaign:17`"),
  field: Name.describe("Which field, with its unit: budget_micros_per_day"),
  old: Value.nullable().describe("Value before; null if there was none"),
  new: Value.nullable().describe("Value from now on; null to unset it"),
});

const Changes = z.array(z.string());

/** A change, as `changes/<version>.json` has it. Written once and never again. */
export const ChangeFile = z.strictObject({
  schema_version: z.literal(1),
  version: Version.describe("Number of the change, from 1, without gaps"),
  change_id: Name.describe("Identifies the change; it comes once"),
  at: z.iso.datetime().describe("When it was written"),
  operations: z.array(Operation).max(MAX_OPERATIONS),
  signature: Signature.optional(),
}).meta({ title: "Change of settings" });

/** A change, as its file has it. */
export type ChangeFile = z.infer<typeof ChangeFile>;

/** What holds now, as `settings.json` has it. */
export const SettingsFile = z.strictObject({
  schema_version: z.literal(2),
  version: z.int().nonnegative().describe("How many changes are in it"),
  settings: z.record(Name, z.record(Name, Value)).describe(
    "Value by entity, then field; what is not there is not set",
  ),
  changes: Changes.describe(
    "Ids of the latest changes, the last one at the end",
  ),
  signature: Signature.optional(),
}).meta({ title: "Settings in force" });

/** What holds now, as its file has it. */
export type SettingsFile = z.infer<typeof SettingsFile>;

/** As it was before changes had files of their own, and signatures. */
const FirstFormat = z.strictObject({
  format: z.literal(1),
  version: z.int().nonnegative(),
  settings: z.record(z.string(), z.record(z.string(), z.string())),
  changes: Changes,
}).transform(({ format: _, ...rest }): SettingsFile => ({
  schema_version: 2,
  ...rest,
}));

/** `settings.json` of any format. */
export const AnySettingsFile = z.union([SettingsFile, FirstFormat]);

/** Before the first change. */
export const EMPTY: SettingsFile = {
  ["schema_version"]: 2,
  version: 0,
  settings: {},
  changes: [],
};

/** Ids of changes that are remembered. */
const MAX_CHANGES = 1000;

/** What holds of a field; null if nothing. */
export function valueOf(
  { settings }: SettingsFile,
  { target, field }: { readonly target: string; readonly field: string },
): string | null {
  const fields = new Map(Object.entries(settings[target] ?? {}));
  return fields.get(field) ?? null;
}

/** What holds after a change. */
export function applyChange(
  { settings, changes }: SettingsFile,
  { version, change_id: id, operations }: ChangeFile,
): SettingsFile {
  const merged = new Map(
    Object.entries(settings).map(([target, fields]) => [
      target,
      new Map(Object.entries(fields)),
    ]),
  );
  for (const { target, field, new: value } of operations) {
    const fields = merged.get(target) ?? new Map<string, string>();
    if (value === null) fields.delete(field);
    else fields.set(field, value);
    merged.set(target, fields);
  }
  return {
    schema_version: 2,
    version,
    settings: Object.fromEntries(
      [...merged].filter(([, fields]) => fields.size > 0)
        .sort(([one], [other]) => one < other ? -1 : 1)
        .map(([key, fields]) => [key as EntityKey, Object.fromEntries(fields)]),
    ),
    changes: [...changes, id].slice(-MAX_CHANGES),
  };
}

/** The schemas as JSON Schema (draft 2020-12), by the file that they are kept in. */
export function printSchemas(): Readonly<Record<string, string>> {
  const print = (schema: z.ZodType) =>
    `${JSON.stringify(z.toJSONSchema(schema), null, 2)}\n`;
  return {
    "change.schema.json": print(ChangeFile),
    "settings.schema.json": print(SettingsFile),
  };
}
