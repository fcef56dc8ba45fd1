/**
 * One route as data: what it takes, who may call it, what it answers and how it
 * fails. The schemas that parse its requests also describe it in OpenAPI.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import type { Deadline } from "../../domain/deadline.ts";
import type { StageClock } from "../../domain/stages.ts";
import type { ErrorCode } from "../../domain/error.ts";
import type { Caller, Scope } from "../../ports/access.ts";
import type { Engine } from "../../engine.ts";
import type { Idempotent } from "../idempotency_key.ts";
import type { Counted } from "../load/allowances.ts";
import type { Work } from "../load/load_gate.ts";
import type { Tag } from "../tags.ts";
import type { Metrics } from "../metrics.ts";
import type { DecisionSeen } from "../request/report.ts";
import type { PersonPath } from "../request/person.ts";

/** What an endpoint works with. */
export interface Stage {
  readonly engine: Engine;
  readonly metrics: Metrics;
  readonly version: string;
}

/** A parsed request. */
export interface Call<P, Q, B> {
  /** Who calls; the tenant of everything that is done. */
  readonly key: Caller;
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  /** The caller's key for this request, bound to its content. */
  readonly idempotent: Idempotent | null;
  /** Until when the caller waits. */
  readonly deadline: Deadline;
  /** Hears when stages end. */
  readonly times: StageClock;
  /** Notes the decision that was taken. */
  readonly decided: (decision: DecisionSeen) => void;
  /** As it came: its headers, and the address that was called. */
  readonly raw: Request;
}

/** An answer. */
export interface Reply {
  readonly status: number;
  readonly text: string;
  /** Content type; JSON unless given. */
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A documented answer. */
export interface Answer {
  readonly status: number;
  readonly about: string;
  readonly type?: string;
  readonly schema: z.ZodType;
}

/** What is told of every route. */
interface Described {
  readonly method: "get" | "post" | "put";
  /** Pattern such as `/decisions/{id}`. */
  readonly path: string;
  readonly tag: Tag;
  readonly summary: string;
  readonly about?: string;
  /** A body that works, for the documentation. */
  readonly example?: unknown;
  readonly answers: readonly Answer[];
  /** Failures beyond those of every route of its kind. */
  readonly failures: readonly ErrorCode[];
}

/** A route that a key opens. */
export interface KeyedEndpoint extends Described {
  readonly scope: Scope;
  readonly params: z.ZodType | null;
  readonly query: z.ZodType | null;
  /** A schema for JSON, `raw` for bytes as they came, null for none. */
  readonly body: z.ZodType | "raw" | null;
  readonly idempotency: "required" | "optional" | null;
  /** That what it does keeps its answers by itself, under the caller's key. */
  readonly keepsAnswers?: true;
  /**
   * Whether it is put on record as an act; what writes is unless this says otherwise.
   * Some are done even if that cannot be.
   */
  readonly act?: boolean | "even unrecorded";
  /** That its callers wait for a decision, which is answered in time whatever breaks. */
  readonly hurried?: true;
  /** What it asks for, where that is not to be refused after all others or before them. */
  readonly work?: Work;
  /** What it counts as beside a request. */
  readonly counts?: Counted;
  /** That the body names people by their identifiers, which are let in here alone. */
  readonly namesPeople?: true;
  /** Where the body may name a person by an identifier, which is not let in. */
  readonly person?: PersonPath;
  /**
   * Whose tenant it is when no key of ours came, on routes whose callers prove by
   * other means who they are; null refuses.
   */
  tenantWithoutKey?(
    params: Readonly<Record<string, string>>,
    stage: Stage,
  ): string | null;
  run(call: Call<unknown, unknown, unknown>, stage: Stage): Promise<Reply>;
}

/** A route that anyone inside may ask. */
export interface OpenEndpoint extends Described {
  readonly scope: null;
  /** Answers; `accept` is what of content types the caller takes. */
  answer(stage: Stage, accept?: string): Promise<Reply> | Reply;
}

/** Any route. */
export type Endpoint = KeyedEndpoint | OpenEndpoint;

type Parsed<S> = S extends z.ZodType ? z.output<S>
  : S extends "raw" ? Uint8Array
  : null;

type MaybeSchema = z.ZodType | null;

/** What {@link defineEndpoint} takes: its schemas give the handler its types. */
export interface EndpointDefinition<
  P extends MaybeSchema,
  Q extends MaybeSchema,
  B extends MaybeSchema | "raw",
> extends Described {
  readonly scope: Scope;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly idempotency?: "required" | "optional";
  readonly keepsAnswers?: true;
  /**
   * Whether it is put on record as an act; what writes is unless this says otherwise.
   * Some are done even if that cannot be.
   */
  readonly act?: boolean | "even unrecorded";
  readonly hurried?: true;
  readonly work?: Work;
  readonly counts?: Counted;
  readonly namesPeople?: true;
  readonly person?: PersonPath;
  tenantWithoutKey?: KeyedEndpoint["tenantWithoutKey"];
  run(
    call: Call<Parsed<P>, Parsed<Q>, Parsed<B>>,
    stage: Stage,
  ): Promise<Reply>;
}

/**
 * Declares a route that a key opens.
 *
 * @param definition Schemas, scope and what is done.
 * @returns The route; `run` must be given what its schemas parsed.
 */
export function defineEndpoint<
  P extends MaybeSchema = null,
  Q extends MaybeSchema = null,
  B extends MaybeSchema | "raw" = null,
>(definition: EndpointDefinition<P, Q, B>): KeyedEndpoint {
  const { params = null, query = null, body = null, idempotency = null } =
    definition;
  const { tenantWithoutKey, ...rest } = definition;
  return {
    ...rest,
    ...(tenantWithoutKey && { tenantWithoutKey }),
    params,
    query,
    body,
    idempotency,
    run: (call, stage) =>
      definition.run(call as Call<Parsed<P>, Parsed<Q>, Parsed<B>>, stage),
  };
}

/**
 * Answers with JSON.
 *
 * @param value JSON-like value.
 * @param status HTTP status.
 * @returns The answer.
 */
export function json(value: unknown, status = 200): Reply {
  return { status, text: JSON.stringify(value) };
}

/**
 * Marks an answer that was given before.
 *
 * @param reply The answer.
 * @param replayed Whether its effect is an earlier request's.
 * @returns The answer, with `Idempotency-Replayed` if so.
 */
export function once(reply: Reply, replayed: boolean): Reply {
  return replayed
    ? { ...reply, headers: { "idempotency-replayed": "true" } }
    : reply;
}
