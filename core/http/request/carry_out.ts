/**
 * Runs what a route does: once for an idempotency key, and on record if it is an act.
 *
 * @module
 */
import type { Idempotent } from "../idempotency_key.ts";
import { printProblem, PROBLEM_TYPE } from "../problem.ts";
import {
  type Call,
  type KeyedEndpoint,
  once,
  type Reply,
  type Stage,
} from "../routes/endpoint.ts";

/** A parsed request of any route. */
export type AnyCall = Call<unknown, unknown, unknown>;

/** A request as it is put on record. */
export interface RequestName {
  /** Id of the request. */
  readonly request: string;
}

/**
 * Runs a route.
 *
 * @param endpoint The route.
 * @param call The parsed request.
 * @param stage What it works with, and the id of the request.
 * @returns The answer.
 * @throws What the route throws; `store_unavailable` if its act cannot be put on record.
 */
export function carryOut(
  endpoint: KeyedEndpoint,
  call: AnyCall,
  { stage, request }: RequestName & { readonly stage: Stage },
): Promise<Reply> {
  const { method, path, act = method !== "get" } = endpoint;
  if (!act) return runOnce(endpoint, call, stage);
  const { id, tenant, name: by, person: human } = call.key;
  return stage.engine.acting(
    {
      scope: tenant,
      evenUnrecorded: act === "even unrecorded",
      act: {
        act: `${method.toUpperCase()} ${path}`,
        about: Object.values(call.params ?? {}).join(" "),
        ...{ by, human, key: id, request, reason: reasonOf(call.body) },
      },
    },
    () => runOnce(endpoint, call, stage),
  );
}

/** A write under a caller's key is carried out once, unless it sees to that by itself. */
function runOnce(
  endpoint: KeyedEndpoint,
  call: AnyCall,
  stage: Stage,
): Promise<Reply> {
  const { key: { tenant }, idempotent } = call;
  return idempotent === null || endpoint.keepsAnswers
    ? endpoint.run(call, stage)
    : runUnderKey(endpoint, call, { stage, tenant, idempotent });
}

async function runUnderKey(
  endpoint: KeyedEndpoint,
  call: AnyCall,
  { stage, tenant, idempotent }: {
    readonly stage: Stage;
    readonly tenant: string;
    readonly idempotent: Idempotent;
  },
): Promise<Reply> {
  let made: Reply | null = null;
  const answered = await stage.engine.once(tenant, idempotent, {
    run: async () => made = await endpoint.run(call, stage),
    refused: printProblem,
    evenUnkept: endpoint.act === "even unrecorded",
  });
  if (made !== null && !answered.replayed) return made;
  const { status, text } = answered;
  stage.metrics.replayed(endpoint.path);
  const type = status >= 400 ? { type: PROBLEM_TYPE } : {};
  return once({ status, text, ...type }, true);
}

function reasonOf(body: unknown): string {
  const { reason } = (body ?? {}) as { readonly reason?: unknown };
  return typeof reason === "string" ? reason : "";
}
