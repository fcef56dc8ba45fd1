/**
 * What a refusal of Google Ads means. Its causes are named as the vendor names
 * them, with the field concerned; values, which may be personal, are left out.
 *
 * A refused rate says in the body, never in a header, whom it concerns and for
 * how long: `retryDelay` may be eleven hours, and scope `DEVELOPER` (the Google
 * Cloud project) stops every account at once.
 *
 * @see https://developers.google.com/google-ads/api/docs/best-practices/error-types, read on 2026-11-26
 * @module
 */
import type { HttpAnswer, Outcome } from "@moe/plugin";
import * as z from "zod";

const NAME = /^\w{1,100}$/;

const Failure = z.object({
  errorCode: z.record(z.string().regex(NAME), z.string().regex(NAME)),
  location: z.object({
    fieldPathElements: z.array(z.object({
      fieldName: z.string().regex(NAME),
      index: z.int().optional(),
    })).default([]),
  }).optional().catch(undefined),
  details: z.object({
    quotaErrorDetails: z.object({
      rateScope: z.string().optional(),
      retryDelay: z.string().optional(),
    }).optional(),
  }).optional().catch(undefined),
});

const Refusal = z.object({
  error: z.object({
    status: z.string().regex(NAME).optional(),
    details: z.array(z.object({
      errors: z.array(Failure.optional().catch(undefined)).default([]),
    })).default([]),
  }),
});

/** OAuth's own refusal, from the token endpoint. */
const SignInRefusal = z.object({ error: z.string().regex(NAME) });

type Failure = z.infer<typeof Failure>;

const RATES = new Set([
  "quotaError.RESOURCE_EXHAUSTED",
  "quotaError.RESOURCE_TEMPORARILY_EXHAUSTED",
  "quotaError.EXCESSIVE_SHORT_TERM_QUERY_RESOURCE_CONSUMPTION",
  "quotaError.EXCESSIVE_LONG_TERM_QUERY_RESOURCE_CONSUMPTION",
]);

const PASSING = new Set([
  "internalError.INTERNAL_ERROR",
  "internalError.TRANSIENT_ERROR",
  "internalError.DEADLINE_EXCEEDED",
  "databaseError.CONCURRENT_MODIFICATION",
]);

/** A new access token helps against these; others tell of the account or the user. */
const SIGN_IN = /^authenticationError\.(OAUTH_TOKEN_|AUTHENTICATION_ERROR)/;

/** Says what an answer means; null for what its status says. */
export function judge({ status, body }: HttpAnswer): Outcome | null {
  const signIn = SignInRefusal.safeParse(body);
  if (signIn.success) return { kind: "refused", reason: signIn.data.error };
  const refusal = Refusal.safeParse(body);
  if (!refusal.success) return null;
  const { error } = refusal.data;
  const failures = error.details.flatMap(({ errors }) => errors)
    .filter((failure) => failure !== undefined);
  const rate = failures.find((failure) => RATES.has(nameCode(failure)));
  if (rate) return throttled(rate);
  const codes = failures.map(nameCode);
  if (codes.some((code) => PASSING.has(code))) return { kind: "again" };
  const renewable = codes.length === 0 ||
    codes.some((code) => SIGN_IN.test(code));
  if ((status === 401 && renewable) || status === 429 || status >= 500) {
    return null;
  }
  const reasons = [...new Set(failures.map(describe))].slice(0, 10);
  const reason = reasons.join(", ") || error.status;
  return reason === undefined ? null : { kind: "refused", reason };
}

function throttled({ details }: Failure): Outcome {
  const { rateScope, retryDelay = "" } = details?.quotaErrorDetails ?? {};
  const [, seconds] = /^(\d{1,9}(?:\.\d+)?)s$/.exec(retryDelay) ?? [];
  return {
    kind: "throttled",
    scope: rateScope === "DEVELOPER" ? "developer" : "account",
    waitSeconds: seconds === undefined ? null : Number(seconds),
  };
}

function nameCode({ errorCode }: Failure): string {
  return Object.entries(errorCode).map(([kind, code]) => `${kind}.${code}`)
    .join(", ");
}

function describe(failure: Failure): string {
  const path = (failure.location?.fieldPathElements ?? []).map(
    ({ fieldName, index }) =>
      index === undefined ? fieldName : `${fieldName}.${index}`,
  );
  const code = nameCode(failure);
  return path.length === 0 ? code : `${code} at ${path.join(".")}`;
}
