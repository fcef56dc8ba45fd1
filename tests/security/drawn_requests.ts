/**
 * Requests as they are drawn: what fits an operation, and at random something else in any
 * place of it.
 *
 * @module
 */
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
import type { Offer } from "./situations.ts";
import type { Target } from "./target.ts";
import { DEFINITIONS, type Operation, type Parameter } from "./told_answers.ts";

/** One request as it is drawn; what is known only while it runs is chosen by numbers. */
export interface Drawn {
  readonly operation: Operation;
  /** Whose key; null for whoever may do it. */
  readonly caller: string | null;
  /** In place of what fits, by name. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** In place of what fits; null for that. */
  readonly body: { readonly drawn: unknown } | null;
  /** Which of the told values its members take; null for none. */
  readonly graft: number | null;
  readonly mutations: readonly Mutation[];
  readonly spoil: Spoil;
  readonly headers: Readonly<Record<string, string>>;
  /** Which of the told ids is named; null for the one that fits. */
  readonly id: number | null;
}

/** A request as it is sent. */
export interface Printed {
  readonly path: string;
  readonly init: RequestInit;
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
  { weight: 12, arbitrary: fc.constant(null) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      ...["service", "policy_author", "approver", "operator", "auditor"],
      ...["admin", "second", "nobody", "broken"],
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

/** The request that fits an operation, and nothing else. */
export function fittingRequest(operation: Operation): Drawn {
  return {
    ...{ operation, caller: null, parameters: {}, body: null, graft: null },
    ...{ mutations: [], spoil: (text) => text, headers: {}, id: null },
  };
}

/** Requests of an operation; most are off in a place or two. */
export function requestsOf(operation: Operation): fc.Arbitrary<Drawn> {
  const parameters = Object.fromEntries(
    (operation.parameters ?? []).filter(({ in: where }) => where !== "header")
      .map((parameter) => [parameter.name, valueOf(parameter)]),
  );
  return fc.record({
    operation: fc.constant(operation),
    caller: callers,
    parameters: fc.record(parameters, { requiredKeys: [] }),
    body: rarely(bodyOf(operation).map((drawn) => ({ drawn })), 3),
    graft: rarely(fc.nat(50), 4),
    mutations: fc.oneof(
      { weight: 2, arbitrary: fc.constant([]) },
      fc.array(mutation, { minLength: 1, maxLength: 3 }),
    ),
    spoil: fc.constantFrom(...SPOILS),
    headers: oddHeaders,
    id: rarely(fc.nat(200), 5),
  });
}

/** Null, but once in so many. */
function rarely<T>(arbitrary: fc.Arbitrary<T>, freq: number) {
  return fc.oneof(
    { weight: freq - 1, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary },
  );
}

function valueOf(
  { name, in: where, schema = {} }: Parameter,
): fc.Arbitrary<unknown> {
  const known = NAMES[name];
  const told = known
    ? fc.constantFrom(...known)
    : valuesOf(schema, DEFINITIONS);
  return fc.oneof(
    { weight: where === "path" ? 10 : 4, arbitrary: fc.constant(undefined) },
    { weight: where === "path" ? 1 : 3, arbitrary: told },
    fc.constantFrom(...HOSTILE_TEXTS),
  );
}

function bodyOf({ requestBody }: Operation): fc.Arbitrary<unknown> {
  const [content] = Object.values(requestBody?.content ?? {});
  return content === undefined
    ? fc.constant(undefined)
    : valuesOf(content.schema, DEFINITIONS);
}

/**
 * Writes a request.
 *
 * @param drawn What was drawn.
 * @param offer What fits the operation.
 * @param target Whose keys, and what it told so far.
 */
export function printRequest(
  { operation, caller, headers, ...drawn }: Drawn,
  offer: Offer,
  { keys, known }: Pick<Target, "keys" | "known">,
): Printed {
  const query = new URLSearchParams();
  for (const { name, in: where } of operation.parameters ?? []) {
    const value = drawn.parameters[name] ?? offer.query?.[name];
    if (where === "query" && value !== undefined) {
      query.append(name, textOf(value));
    }
  }
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const own = name === "id" && toldId(operation.path, known.ids, drawn.id);
    const value = own || (drawn.parameters[name] ?? offer.params?.[name]);
    return encodeURIComponent(textOf(value ?? NAMES[name]?.[0]).toWellFormed());
  });
  const body = bodyFor(operation, offer, { ...drawn, known });
  return {
    path: query.size === 0 ? path : `${path}?${query}`,
    init: {
      method: operation.method.toUpperCase(),
      headers: {
        "content-type": "application/json",
        "idempotency-key": crypto.randomUUID(),
        ...authorizationOf(caller ?? offer.by ?? "everything", keys),
        ...(caller === null ? offer.headers : {}),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
    },
  };
}

function bodyFor(
  { method, requestBody }: Operation,
  offer: Offer,
  { body, graft, mutations, spoil, known }:
    & Pick<Drawn, "body" | "graft" | "mutations" | "spoil">
    & Pick<Target, "known">,
) {
  const [content] = Object.values(requestBody?.content ?? {});
  const fitting = offer.body ?? content?.example;
  const value = body === null ? fitting : body.drawn;
  if (method === "get" || value === undefined) return undefined;
  const grafted = graft === null ? value : known.graft(value, graft);
  return spoil(printHostile(mutations.reduce(mutate, grafted)));
}
/** How ids of what a path is about begin; those that callers choose begin otherwise. */
const PREFIXES = [
  ["/changes", /^chg_/],
  ["/docs/changes", /^chg_/],
  ["/decisions", /^dec_/],
  ["/keys", /^[0-9a-f]{16}$/],
  ["/optimization/plans", /^plan_/],
] as const;

function toldId(
  path: string,
  ids: readonly string[],
  id: number | null,
): string | undefined {
  if (id === null) return undefined;
  const prefix = PREFIXES.find(([start]) => path.startsWith(start))?.[1];
  const fitting = prefix ? ids.filter((told) => prefix.test(told)) : ids;
  return fitting[id % fitting.length];
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value) ?? "";
}

function authorizationOf(caller: string, keys: Target["keys"]) {
  if (caller === "nobody") return {};
  const text = keys[caller] ?? `moe_${TENANT}_${"0".repeat(200)}`;
  return { authorization: `Bearer ${text}` };
}
