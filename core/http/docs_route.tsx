/**
 * One route of the documentation page.
 *
 * @module
 */
import { type JsonSchema, SchemaTable } from "./docs_schema.tsx";

/** A body of the document. */
export interface Content {
  readonly schema?: JsonSchema;
  readonly example?: unknown;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema?: JsonSchema;
  readonly description?: string;
}

interface Described {
  readonly description: string;
  readonly content?: Readonly<Record<string, Content>>;
}

/** One operation of the document. */
export interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { content: Readonly<Record<string, Content>> };
  readonly responses: Readonly<Record<string, Described>>;
}

/** An operation and how it is called. */
export interface Route {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
  /** What it takes, references resolved; null if nothing. */
  readonly body: Content | null;
}

/** One route: how it is called, what it takes, what it answers. */
export function RouteSection(
  { route: { method, path, operation, body } }: { route: Route },
) {
  const scope = operation.security?.[0]?.apiKey?.[0];
  const answers = Object.entries(operation.responses);
  const isFine = ([, { content }]: [string, Described]) =>
    content !== undefined && !("application/problem+json" in content);
  return (
    <section class="route" id={operation.operationId}>
      <h3>{operation.summary}</h3>
      <div class="call">
        <span class={`method ${method}`}>{method.toUpperCase()}</span>
        <code>{path}</code>
        <span class="chip">{scope ? `scope ${scope}` : "open"}</span>
      </div>
      {operation.description ? <p>{operation.description}</p> : null}
      <Parameters parameters={operation.parameters ?? []} />
      {body?.schema ? <h4>Body</h4> : null}
      {body?.schema ? <SchemaTable schema={body.schema} /> : null}
      {body?.example
        ? (
          <pre><code>{printCurl({ method, path, operation }, body.example)}</code></pre>
        )
        : null}
      <h4>Answers</h4>
      <div class="wide">
        <table>
          <tbody>
            {answers.filter(isFine).map((answer) => (
              <Answer key={answer[0]} answer={answer} />
            ))}
            {answers.filter((answer) => !isFine(answer)).map((answer) => (
              <Answer key={answer[0]} answer={answer} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Parameters({ parameters }: { parameters: readonly Parameter[] }) {
  const own = parameters.filter(({ name }) => name !== "x-request-id");
  const properties = Object.fromEntries(own.map((parameter) => {
    const { name, schema = {}, description = "" } = parameter;
    const told = [parameter.in, schema.description ?? description];
    const about = told.filter((text) => text !== "").join(": ");
    return [name, { ...schema, description: about }];
  }));
  const required = own.filter(({ required }) => required)
    .map(({ name }) => name);
  if (own.length === 0) return null;
  return (
    <>
      <h4>Parameters</h4>
      <SchemaTable schema={{ properties, required }} />
    </>
  );
}

/** A call for a POSIX shell; ids of the path are variables to be set. */
function printCurl(
  { method, path, operation }: Omit<Route, "body">,
  body: unknown,
): string {
  const url = path.replaceAll(
    /\{(\w+)\}/g,
    (_whole, name) => `$${name.toUpperCase()}`,
  );
  const takesKey = operation.parameters?.some(({ name }) =>
    name === "idempotency-key"
  );
  const text = JSON.stringify(body, null, 2).replaceAll("'", `'\\''`);
  return [
    `curl "$MOE_URL${url}"${
      method === "post" ? "" : ` -X ${method.toUpperCase()}`
    }`,
    '-H "Authorization: Bearer $MOE_KEY"',
    '-H "Content-Type: application/json"',
    ...takesKey ? ['-H "Idempotency-Key: $(openssl rand -hex 16)"'] : [],
    `-d '${text}'`,
  ].join(" \\\n  ");
}

function Answer({ answer: [status, told] }: { answer: [string, Described] }) {
  const content = Object.entries(told.content ?? {})[0];
  const name = content?.[1].schema?.$ref?.split("/").at(-1);
  const words = told.description.split(/(`\w+`)/);
  return (
    <tr>
      <td>
        <code>{status}</code>
      </td>
      <td>
        {words.map((word) => {
          const code = /^`(\w+)`$/.exec(word)?.[1];
          return code
            ? (
              <a href={`#${code}`}>
                <code>{code}</code>
              </a>
            )
            : word;
        })}
        {name && name !== "Problem"
          ? (
            <>
              : <a href={`#schema-${name}`}>{name}</a>
            </>
          )
          : null}
      </td>
    </tr>
  );
}
