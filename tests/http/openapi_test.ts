/**
 * The document, the code table and the README say the same, and answers are as told.
 *
 * @module
 */
import assert from "node:assert/strict";
import { z } from "zod";
import { CODES, type ErrorCode } from "../../core/domain/error.ts";
import { createOpenApi, printOpenApi } from "../../core/http/openapi.ts";
import { MEANINGS } from "../../core/http/problem.ts";
import { ENDPOINTS } from "../../core/http/routes/all.ts";
import { openCaller } from "./caller.ts";
import { askedOf, lineOf } from "./every_route.ts";

type Json = Record<string, unknown>;

const FOLDER = new URL("../../core/http/", import.meta.url);

function readText(name: string): string {
  return Deno.readTextFileSync(new URL(name, FOLDER));
}

/** A schema of the document, closed so that a member it does not tell is an error. */
function closedSchema(schema: unknown): z.ZodType {
  const { schemas } = createOpenApi().components;
  const text = JSON.stringify({ ...schema as Json, $defs: schemas })
    .replaceAll("#/components/schemas/", "#/$defs/");
  return z.fromJSONSchema(close(JSON.parse(text)) as Json);
}

function close(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(close);
  if (typeof schema !== "object" || schema === null) return schema;
  const members = Object.fromEntries(
    Object.entries(schema).map(([name, member]) => [name, close(member)]),
  );
  const isClosed = "properties" in members && members.type === "object" &&
    !("additionalProperties" in members) && !("allOf" in members);
  return isClosed ? { ...members, additionalProperties: false } : members;
}

function responseSchema(path: string, method: string, status: number): unknown {
  const operation = (createOpenApi().paths[path] as Json)[method] as Json;
  const response = (operation.responses as Json)[status] as Json;
  assert.ok(response, `${method} ${path} tells no ${status}`);
  const [content] = Object.values(response.content as Record<string, Json>);
  return content?.schema;
}

Deno.test("openapi.json is what the schemas say: deno task gen writes it", () => {
  assert.equal(readText("openapi.json"), printOpenApi());
});

Deno.test("openapi.json is served as it is checked in", async () => {
  const { ask } = openCaller();
  const { text } = await ask("GET /openapi.json", { key: null });
  assert.equal(text, readText("openapi.json"));
});

Deno.test("openapi.json is version 3.1 with every route, named once", () => {
  const { openapi, paths } = createOpenApi();
  assert.equal(openapi, "3.1.0");
  const operations = Object.values(paths).flatMap((methods) =>
    Object.values(methods as Record<string, { operationId: string }>)
  );
  assert.equal(operations.length, ENDPOINTS.length);
  const names = operations.map(({ operationId }) => operationId);
  assert.equal(new Set(names).size, names.length);
});

Deno.test("openapi.json tells what every tag is for, and that open routes ask for nothing", () => {
  const { tags } = createOpenApi();
  const used = new Set(ENDPOINTS.map(({ tag }) => tag));
  assert.deepEqual(new Set(tags.map(({ name }) => name)), used);
  for (const { path, method, scope } of ENDPOINTS) {
    const { security } = (createOpenApi().paths[path] as Json)[method] as Json;
    assert.equal((security as unknown[]).length === 0, scope === null, path);
  }
});

Deno.test("openapi.json tells of waits and quotas where answers have them", () => {
  const { paths, components } = createOpenApi();
  const { responses } = (paths["/optimization/score"] as Json).post as {
    responses: Record<string, { headers: Json }>;
  };
  const told = (status: number) =>
    Object.keys(responses[status]?.headers ?? {});
  assert.deepEqual(told(200), [
    ...["Idempotency-Replayed", "RateLimit-Policy", "RateLimit"],
  ]);
  assert.deepEqual(told(429), ["Retry-After", "RateLimit-Policy", "RateLimit"]);
  assert.deepEqual(told(503), ["Retry-After"]);
  assert.deepEqual(told(422), []);
  assert.deepEqual(
    Object.keys((components as Json).headers as Json).toSorted(),
    ["Idempotency-Replayed", "RateLimit", "RateLimit-Policy", "Retry-After"],
  );
});

Deno.test("the table of codes, the document and the README are equal", () => {
  const problem = createOpenApi().components.schemas.Problem as {
    properties: { code: { enum: string[] } };
  };
  assert.deepEqual(problem.properties.code.enum, Object.keys(CODES));
  const rows = readText("README.md").matchAll(
    /^\| `(\w+)`\s*\| (\d+)\s*\| (yes|no)\s*\| (.+?)\s*\|$/gm,
  );
  const told = [...rows].map(([, code, status, retry, meaning]) =>
    [code, Number(status), retry === "yes", meaning] as const
  );
  const codes = Object.keys(CODES) as ErrorCode[];
  assert.deepEqual(
    told,
    codes.map((code) => {
      const { status, retryable } = CODES[code];
      return [code, status, retryable, MEANINGS[code]];
    }),
  );
});

Deno.test.each([...ENDPOINTS])(
  "$method $path answers as the document tells",
  async (endpoint) => {
    const { ask } = openCaller();
    if (/approve$|apply$|rollback$|verify$/.test(endpoint.path)) {
      for (const step of ["approve", "apply"]) {
        if (endpoint.path.endsWith(step)) break;
        if (!endpoint.path.startsWith("/models")) {
          await ask(`POST /optimization/plans/plan_1/${step}`);
        }
      }
    }
    const told = await ask(lineOf(endpoint), askedOf(endpoint));
    const wanted = endpoint.answers[0];
    assert.equal(told.status, wanted?.status);
    const { path, method } = endpoint;
    const schema = closedSchema(responseSchema(path, method, told.status));
    schema.parse(told.body ?? told.text);
  },
);

Deno.test.each(ENDPOINTS.filter(({ example }) => example !== undefined))(
  "$method $path takes the example of its documentation",
  async (endpoint) => {
    const { ask } = openCaller();
    const told = await ask(lineOf(endpoint), {
      body: endpoint.example,
      headers: { "idempotency-key": "k" },
    });
    assert.ok(told.status < 300, told.text);
  },
);

Deno.test("problems are as the document tells", async () => {
  const { ask } = openCaller();
  const told = await ask("POST /optimization/score", { body: {} });
  const path = "/optimization/score";
  closedSchema(responseSchema(path, "post", told.status)).parse(told.body);
});
