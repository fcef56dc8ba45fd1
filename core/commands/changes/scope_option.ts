/**
 * Whose changes a command is about, and which one.
 *
 * @module
 */
import { digest } from "../../domain/canonical.ts";
import type { Change } from "../../domain/change.ts";
import { signatureOf } from "../../governance/approval.ts";
import type { Scope } from "../../ports/governance.ts";
import type { Options } from "../command.ts";
import { tenantOption } from "../option.ts";

/** Option of every command on changes. */
export const SCOPE = {
  tenant: "tenant whose own it is; the whole deployment's unless given",
} as const;

const CODE_DIGITS = 12;

/**
 * Reads `--tenant`.
 *
 * @returns Null for the whole deployment.
 * @throws {EngineError} `request_invalid` if it cannot be a tenant's name.
 */
export function scopeOption(options: Options): Scope {
  return options.tenant === undefined ? null : tenantOption(options);
}

/**
 * What a reviewer hands back to say which content, base and evidence they saw.
 *
 * @returns The beginning of a hash; null while there is no evidence.
 */
export function signCode(change: Change): string | null {
  const signature = signatureOf(change);
  return signature === null ? null : digest(signature).slice(0, CODE_DIGITS);
}
