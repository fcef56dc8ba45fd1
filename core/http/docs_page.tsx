/**
 * `/docs`: the OpenAPI document as a page for people, rendered once, free of scripts.
 *
 * @module
 */
import { raw } from "hono/html";
import { CODES, type ErrorCode } from "../domain/error.ts";
import { asPage, type DocsPage } from "./docs_frame.ts";
import {
  type Content,
  type Operation,
  type Route,
  RouteSection,
} from "./docs_route.tsx";
import { type JsonSchema, SchemaTable } from "./docs_schema.tsx";
import { DOCS_STYLE } from "./docs_style.ts";
import type { OpenApiDocument } from "./openapi.ts";
import { MEANINGS } from "./problem.ts";

/**
 * Prints the documentation.
 *
 * @param document The OpenAPI document.
 * @returns The page.
 */
export function printDocs(document: OpenApiDocument): DocsPage {
  return asPage(String(<Page document={document} />));
}

function Page({ document }: { document: OpenApiDocument }) {
  const routes = listRoutes(document);
  const { title, version, description } = document.info;
  const schemas = Object.entries(document.components.schemas);
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{title}: HTTP interface</title>
        <style>{raw(DOCS_STYLE)}</style>
      </head>
      <body>
        <div class="frame">
          <Navigation tags={document.tags} routes={routes} />
          <main>
            <h1 id="top">{title}</h1>
            <p class="soft">
              HTTP interface {version} ·{" "}
              <a href="/openapi.json">openapi.json</a>
            </p>
            <p>{description}</p>
            <Introduction />
            {document.tags.map((tag) => (
              <Group key={tag.name} tag={tag} routes={routes} />
            ))}
            <h2 id="errors">Errors</h2>
            <ErrorTable />
            <h2 id="schemas">Schemas</h2>
            {schemas.map(([name, schema]) => (
              <section class="route" id={`schema-${name}`}>
                <h3>{name}</h3>
                <SchemaTable schema={schema as JsonSchema} />
              </section>
            ))}
          </main>
        </div>
      </body>
    </html>
  );
}

function Group(
  { tag: { name, description }, routes }: {
    readonly tag: OpenApiDocument["tags"][number];
    readonly routes: readonly Route[];
  },
) {
  return (
    <>
      <h2 id={anchor(name)}>{name}</h2>
      <p>{description}</p>
      {routes.filter(({ operation }) => operation.tags[0] === name)
        .map((route) => (
          <RouteSection key={route.operation.operationId} route={route} />
        ))}
    </>
  );
}

function Navigation(
  { tags, routes }: Pick<OpenApiDocument, "tags"> & {
    readonly routes: readonly Route[];
  },
) {
  return (
    <nav>
      <a class="name" href="#top">Optimization API</a>
      {tags.map(({ name: tag }) => (
        <>
          <strong>{tag}</strong>
          {routes.filter(({ operation }) => operation.tags[0] === tag).map((
            { operation },
          ) => (
            <a key={operation.operationId} href={`#${operation.operationId}`}>
              {operation.summary}
            </a>
          ))}
        </>
      ))}
      <strong>Reference</strong>
      <a href="#errors">Errors</a>
      <a href="#schemas">Schemas</a>
    </nav>
  );
}

function Introduction() {
  return (
    <>
      <h4>Keys</h4>
      <p>
        Send a key of your tenant, or a token of the issuer that the server
        trusts, with every request; each route names the scope that it asks for.
        Health, metrics and this page ask for none.
      </p>
      <pre><code>Authorization: Bearer moe_&lt;id&gt;_&lt;secret&gt;</code></pre>
      <h4>Deadlines</h4>
      <p>
        <code>x-deadline-ms</code>{" "}
        says for how long you wait. A decision is answered within it, on a lower
        rung if need be; <code>rung</code> and <code>falls</code> say why.
      </p>
      <h4>Tracing</h4>
      <p>
        Every answer carries an{" "}
        <code>x-request-id</code>, yours if you send one; a{" "}
        <code>traceparent</code> of yours is in the log beside it.
      </p>
      <h4>Idempotency</h4>
      <p>
        With an{" "}
        <code>Idempotency-Key</code>, a request sent again has one effect and
        one answer, marked{" "}
        <code>Idempotency-Replayed: true</code>. Another body under the same key
        is refused.
      </p>
      <h4>Errors and limits</h4>
      <p>
        Problems are <code>application/problem+json</code>, each with a{" "}
        <code>code</code> of the{" "}
        <a href="#errors">table</a>. Those that may pass come with{" "}
        <code>Retry-After</code>, in seconds: send the same request again, with
        the same <code>Idempotency-Key</code>. Where your tenant has quotas,
        {" "}
        <code>RateLimit-Policy</code> and <code>RateLimit</code>{" "}
        tell them and what is left.
      </p>
    </>
  );
}

function ErrorTable() {
  return (
    <div class="wide">
      <table>
        <thead>
          <tr>
            <th>Code</th>
            <th>Status</th>
            <th>Retry</th>
            <th>Meaning</th>
          </tr>
        </thead>
        <tbody>
          {(Object.keys(CODES) as ErrorCode[]).map((code) => (
            <tr id={code}>
              <td>
                <code>{code}</code>
              </td>
              <td>{CODES[code].status}</td>
              <td>{CODES[code].retryable ? "yes" : "no"}</td>
              <td>{MEANINGS[code]}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function listRoutes(document: OpenApiDocument): readonly Route[] {
  const all = document.paths as Record<string, Record<string, Operation>>;
  return Object.entries(all).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method,
      path,
      operation,
      body: resolveBody(document, operation),
    }))
  );
}

function resolveBody(
  { components }: OpenApiDocument,
  { requestBody }: Operation,
): Content | null {
  const [content] = Object.values(requestBody?.content ?? {});
  const name = content?.schema?.$ref?.split("/").at(-1);
  if (content === undefined || name === undefined) return content ?? null;
  return { ...content, schema: components.schemas[name] as JsonSchema };
}

function anchor(tag: string): string {
  return tag.toLowerCase().replaceAll(/\W+/g, "-");
}
