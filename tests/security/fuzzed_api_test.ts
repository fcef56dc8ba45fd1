/**
 * Whatever is sent to a real engine, by whomever, the answer is one that the document
 * tells: never a failure inside, never a shape or a code that callers are not told of.
 *
 * `MOE_FUZZ_RUNS` says how many requests are sent.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { TENANT } from "../pacing/served_nodes.ts";
import {
  HOSTILE_TEXTS,
  mutate,
  type Mutation,
  mutation,
  printHostile,
  type Spoil,
  SPOILS,
} from "./hostile_values.ts";
import { valuesOf } from "./schema_values.ts";
import { openTarget, type Target } from "./target.ts";
import {
  DEFINITIONS,
  judge,
  type Operation,
  OPERATIONS,
  type Parameter,
} from "./told_answers.ts";

const RUNS = Number(Deno.env.get("MOE_FUZZ_RUNS") ?? 500);
const PLANS = new Set(["/optimization/plan"]);

/** One request as it is drawn; what is known only while it runs is chosen by numbers. */
interface Drawn {
  readonly operation: Operation;
  readonly caller: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly body: unknown;
  readonly mutations: readonly Mutation[];
  readonly spoil: Spoil;
  readonly headers: Readonly<Record<string, string>>;
  /** Which of the known ids is named; one that is not known where it is null. */
  readonly id: number | null;
}

const NAMES: Readonly<Record<string, readonly string[]>> = {
  name: ["bidder", "email_visit", "campaign_daily", "ours"],
  version: ["1", "2"],
  seq: ["1", "2"],
  view: ["campaign_daily"],
  entity: ["campaign:c-1"],
  job: ["materialize", "retrain"],
  connector: ["segment"],
  source: ["shop", "ads"],
};

const callers = fc.oneof(
  { weight: 12, arbitrary: fc.constant("everything") },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      ...["service", "policy_author", "approver", "operator", "auditor"],
      ...["admin", "nobody", "broken"],
    ),
  },
);

const oddHeaders: fc.Arbitrary<Readonly<Record<string, string>>> = fc.oneof(
  { weight: 8, arbitrary: fc.constant({}) },
  fc.constantFrom(
    { "content-type": "text/xml" },
    { "content-type": "application/json; charset=utf-16" },
    { "content-type": "application/json, text/plain" },
    { "content-encoding": "gzip" },
    { "transfer-encoding": "chunked" },
    { "x-deadline-ms": "0" },
    { "x-deadline-ms": "1e3" },
    { "x-deadline-ms": "60000" },
    { "idempotency-key": '"' },
    { "idempotency-key": "\u00ff" },
    { "idempotency-key": "k".repeat(300) },
    { "x-request-id": "a".repeat(2000) },
    { "x-http-method-override": "DELETE", "x-method-override": "PUT" },
    { traceparent: "00-" + "0".repeat(32) + "-0000000000000000-01" },
    { traceparent: "ff-" + "a".repeat(4000) },
    { "x-forwarded-host": "evil.example", host: "evil.example" },
    { accept: "text/html" },
    { range: "bytes=0-1" },
    { "if-none-match": "*" },
  ),
);

function requestsOf(operation: Operation): fc.Arbitrary<Drawn> {
  const parameters = Object.fromEntries(
    (operation.parameters ?? []).filter(({ in: where }) => where !== "header")
      .map((parameter) => [parameter.name, valueOf(parameter)]),
  );
  const requiredKeys = (operation.parameters ?? [])
    .filter(({ in: where }) => where === "path").map(({ name }) => name);
  return fc.record({
    operation: fc.constant(operation),
    caller: callers,
    parameters: fc.record(parameters, { requiredKeys }),
    body: bodyOf(operation),
    mutations: fc.oneof(
      { weight: 2, arbitrary: fc.constant([]) },
      fc.array(mutation, { minLength: 1, maxLength: 3 }),
    ),
    spoil: fc.constantFrom(...SPOILS),
    headers: oddHeaders,
    id: fc.option(fc.nat(200), { freq: 8 }),
  }) as fc.Arbitrary<Drawn>;
}

function valueOf(
  { name, in: where, schema = {} }: Parameter,
): fc.Arbitrary<unknown> {
  const known = NAMES[name];
  return fc.oneof(
    {
      weight: where === "path" ? 12 : 4,
      arbitrary: known
        ? fc.constantFrom(...known)
        : valuesOf(schema, DEFINITIONS),
    },
    fc.constantFrom(...HOSTILE_TEXTS),
  );
}

function bodyOf({ requestBody }: Operation): fc.Arbitrary<unknown> {
  const [content] = Object.values(requestBody?.content ?? {});
  if (content === undefined) return fc.constant(undefined);
  const drawn = valuesOf(content.schema, DEFINITIONS);
  const { example } = content;
  return example === undefined
    ? drawn
    : fc.oneof({ weight: 2, arbitrary: fc.constant(example) }, drawn);
}

Deno.test("whatever is sent, the answer is as the document tells", async () => {
  await using target = await openTarget();
  const operations = OPERATIONS.flatMap((operation) =>
    Array(PLANS.has(operation.path) ? 1 : 2).fill(requestsOf(operation))
  ) as fc.Arbitrary<Drawn>[];
  const fine = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.oneof(...operations), async (drawn) => {
      const { path, init } = printRequest(drawn, target);
      const seen = await target.send(path, init);
      const { method, path: pattern } = drawn.operation;
      if (seen.status < 300) fine.add(`${method} ${pattern}`);
      const said = `${method} ${path} ${String(init.body).slice(0, 2000)} → ` +
        `${seen.status} ${seen.text.slice(0, 2000)} ` +
        (target.logged.at(-1)?.error ?? "");
      judge(drawn.operation, seen, said);
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
  if (RUNS >= 500) {
    assert.ok(fine.size > OPERATIONS.length / 5, [...fine].join());
  }
  const audit = await target.send("/audit/verify", {
    headers: { authorization: `Bearer ${target.keys.everything}` },
  });
  assert.equal(audit.status, 200, audit.text);
});

function printRequest(
  drawn: Drawn,
  { keys, ids }: Target,
): { readonly path: string; readonly init: RequestInit } {
  const { operation, parameters, caller, id, headers } = drawn;
  const query = new URLSearchParams();
  for (const { name, in: where } of operation.parameters ?? []) {
    if (where === "query" && parameters[name] !== undefined) {
      query.append(name, textOf(parameters[name]));
    }
  }
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const own = name === "id" ? idFor(operation.path, { ids, id }) : null;
    return encodeURIComponent(textOf(own ?? parameters[name]).toWellFormed());
  });
  const body = operation.method === "get" || drawn.body === undefined
    ? undefined
    : drawn.spoil(printHostile(drawn.mutations.reduce(mutate, drawn.body)));
  return {
    path: query.size === 0 ? path : `${path}?${query}`,
    init: {
      method: operation.method.toUpperCase(),
      headers: {
        ...authorizationOf(caller, keys),
        "content-type": "application/json",
        "idempotency-key": crypto.randomUUID(),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
    },
  };
}

/** How ids of what a path is about begin; those that callers choose begin otherwise. */
const PREFIXES = [
  ["/changes", /^chg_/],
  ["/docs/changes", /^chg_/],
  ["/decisions", /^dec_/],
  ["/keys", /^[0-9a-f]{16}$/],
  ["/optimization/plans", /^plan_/],
] as const;

function idFor(
  path: string,
  { ids, id }: { readonly ids: readonly string[]; readonly id: number | null },
): string | null {
  if (id === null) return null;
  const prefix = PREFIXES.find(([start]) => path.startsWith(start))?.[1];
  const fitting = prefix ? ids.filter((known) => prefix.test(known)) : ids;
  return fitting[id % fitting.length] ?? null;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value) ?? "";
}

function authorizationOf(caller: string, keys: Target["keys"]) {
  if (caller === "nobody") return {};
  const text = keys[caller] ?? `moe_${TENANT}_${"0".repeat(200)}`;
  return { authorization: `Bearer ${text}` };
}
