/**
 * JSON schemas as tables: one row for each member, nested members indented by path.
 *
 * @module
 */

/** The parts of a JSON Schema that the page shows. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
}

interface Row {
  readonly path: string;
  readonly schema: JsonSchema;
  readonly must: boolean;
}

const MAX_DEPTH = 4;

/** A schema's members, or its type when it has none. */
export function SchemaTable({ schema }: { schema: JsonSchema }) {
  const rows = listMembers(schema, "", 0);
  if (rows.length === 0) {
    return (
      <p>
        <TypeName schema={schema} />
      </p>
    );
  }
  return (
    <div class="wide">
      <table>
        <tbody>
          {rows.map(({ path, schema: member, must }) => (
            <tr>
              <td>
                <Path text={path} />
                {must ? <span class="must">required</span> : null}
              </td>
              <td>
                <TypeName schema={member} />
              </td>
              <td class="soft">{member.description ?? ""}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Path({ text }: { text: string }) {
  const cut = text.lastIndexOf(".") + 1;
  return (
    <code>
      <span class="deep">{text.slice(0, cut)}</span>
      {text.slice(cut)}
    </code>
  );
}

function listMembers(schema: JsonSchema, prefix: string, depth: number): Row[] {
  const merged = [schema, ...schema.allOf ?? []];
  return merged.flatMap(({ properties = {}, required = [] }) =>
    Object.entries(properties).flatMap(([name, member]) => {
      const path = prefix === "" ? name : `${prefix}.${name}`;
      const row = { path, schema: member, must: required.includes(name) };
      return depth < MAX_DEPTH ? [row, ...inside(row, depth)] : [row];
    })
  );
}

function inside({ path, schema }: Row, depth: number): Row[] {
  const choices = schema.anyOf ?? schema.oneOf ?? [];
  const { items, additionalProperties: rest } = schema;
  return [
    ...listMembers(schema, path, depth + 1),
    ...(items ? listMembers(items, `${path}[]`, depth + 1) : []),
    ...(typeof rest === "object"
      ? listMembers(rest, `${path}.*`, depth + 1)
      : []),
    ...choices.flatMap((choice) => listMembers(choice, path, depth + 1)),
  ];
}

/** A schema's type in a few words, linked where it has a name. */
export function TypeName({ schema }: { schema: JsonSchema }) {
  const name = schemaName(schema);
  if (name !== null) return <a href={`#schema-${name}`}>{name}</a>;
  if (schema.items && schemaName(schema.items) !== null) {
    return (
      <>
        list of <TypeName schema={schema.items} />
      </>
    );
  }
  return <>{describeType(schema)}</>;
}

function schemaName({ $ref, allOf }: JsonSchema): string | null {
  const ref = $ref ?? allOf?.find((part) => part.$ref)?.$ref;
  return ref?.split("/").at(-1) ?? null;
}

function describeType(schema: JsonSchema): string {
  const { type, format, items, additionalProperties: rest } = schema;
  if (schema.enum) return schema.enum.map(String).join(" | ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return [...new Set(choices.map(describeType))].join(" | ");
  if (items) return `list of ${describeType(items)}`;
  if (typeof rest === "object") return `map of ${describeType(rest)}`;
  const name = schemaName(schema);
  if (name !== null) return name;
  const words = typeof type === "string" ? [type] : [...type ?? ["any"]];
  return format === undefined ? words.join(" | ") : `${format} text`;
}
