/**
 * Senders without a key of ours: that a delivery names a source makes nobody its sender.
 * Until its connector has verified the signature they are told what those are told who
 * name a source that is not there, and use up nothing of its tenant's.
 *
 * @module
 */
import { EngineError, type ErrorCode } from "../../domain/error.ts";
import type { Caller } from "../../ports/access.ts";
import { ASK_FOR_KEY, unknownCaller } from "./refusals.ts";

const ID = "sender";

/** What can go wrong at the source before a signature is verified, or with it. */
const UNPROVEN: ReadonlySet<ErrorCode> = new Set([
  "configuration_invalid",
  "not_found",
  "record_erased",
  "signature_invalid",
]);

/**
 * Whoever sends for a tenant's source.
 *
 * @param tenant The tenant with the source.
 * @returns A caller who may do nothing but deliver.
 */
export function senderFor(tenant: string): Caller {
  return {
    ...{ id: ID, tenant, name: ID, scopes: [], purposes: null },
    ...{ groups: [], person: false },
  };
}

/**
 * Whether a caller sends without a key of ours.
 *
 * @param caller Who calls.
 * @returns True for those of {@link senderFor}.
 */
export function isSender({ id }: Caller): boolean {
  return id === ID;
}

/**
 * What a caller is told of what went wrong at a source: a sender without a key what is
 * said where there is no such source, so that nobody finds out by asking which there are.
 *
 * @param caller Who calls; null if nobody was admitted.
 * @param error What went wrong.
 * @returns The same for any other caller, and for what follows a signature that holds.
 */
export function toldTo(caller: Caller | null, error: unknown): unknown {
  if (caller === null || !isSender(caller)) return error;
  return error instanceof EngineError && UNPROVEN.has(error.code)
    ? unknownCaller(ASK_FOR_KEY, error)
    : error;
}

/**
 * Waits for what a caller sends; of a sender without a key nothing is proven before.
 *
 * @param caller Who calls.
 * @param reading What is read.
 * @returns The same.
 * @throws {EngineError} `credentials_invalid` for whatever goes wrong with a sender's.
 */
export function readFrom<T>(
  caller: Caller,
  reading: Promise<T>,
): Promise<T> {
  if (!isSender(caller)) return reading;
  return reading.catch((error) => {
    throw unknownCaller(ASK_FOR_KEY, error);
  });
}
