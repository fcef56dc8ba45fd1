/**
 * What vouches for callers beside keys, as the operator configured it: tokens of an
 * issuer, and a JSON list of who holds which client certificate, `{ "uri" or
 * "subject", "tenant", "role", "name", "groups", "person" }`.
 *
 * @module
 */
import { z } from "zod";
import { isReservedName } from "../domain/change.ts";
import { EngineError } from "../domain/error.ts";
import { isGroup, isTenant, plainName } from "../domain/names.ts";
import {
  type CertificateHolder,
  type Certificates,
  createCertificates,
} from "../http/access/certificates.ts";
import { createKeySet } from "../http/access/key_set.ts";
import { openKeySetSource } from "../http/access/key_set_source.ts";
import { createTokens, type Tokens } from "../http/access/token.ts";
import { type Role, ROLE_NAMES } from "../ports/access.ts";
import type { Clock } from "../ports/clock.ts";
import type { Configuration } from "./configuration.ts";
import { readJsonFile } from "./files.ts";
import { callerOf } from "./lend.ts";

const Holders = z.array(
  z.strictObject({
    uri: z.string().min(1).max(500).optional(),
    subject: z.string().min(1).max(200).optional(),
    tenant: z.string().refine(
      isTenant,
      "expected 1 to 63 letters, digits, _ and -",
    ),
    role: z.enum(ROLE_NAMES as [Role, ...Role[]]),
    name: z.string().transform((text) => plainName(text)).refine(
      (name) => name !== null && !isReservedName(name),
      "expected a name that is not the engine's own",
    ),
    groups: z.array(z.string().refine(isGroup, "expected a group's name"))
      .default([]),
    person: z.boolean().default(false),
  }).refine(
    ({ uri, subject }) => (uri === undefined) !== (subject === undefined),
    "expected either uri or subject",
  ),
);

/** What vouches for callers beside keys. */
export interface Access {
  readonly tokens: Tokens | null;
  readonly certificates: Certificates | null;
}

/**
 * Opens what is configured.
 *
 * @throws {EngineError} `configuration_invalid`, naming the member that is wrong;
 * `file_unreadable` if a file is.
 */
export async function openAccess(
  { tokens, clientCertsFile, privateHosts }: Pick<
    Configuration,
    "tokens" | "clientCertsFile" | "privateHosts"
  >,
  clock: Clock,
): Promise<Access> {
  const call = callerOf(privateHosts);
  return {
    tokens: tokens && createTokens(
      tokens,
      createKeySet(openKeySetSource(tokens.keySet, call), clock),
      clock,
    ),
    certificates: clientCertsFile === null
      ? null
      : createCertificates(parseHolders(await readJsonFile(clientCertsFile))),
  };
}

/**
 * Parses who holds certificates.
 *
 * @param given Parsed JSON.
 * @throws {EngineError} `configuration_invalid`, naming the member that is wrong.
 */
export function parseHolders(given: unknown): CertificateHolder[] {
  const parsed = Holders.safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw unreadable(`${issue?.path.join(".")}: ${issue?.message}`);
  }
  const known = new Set<string>();
  return parsed.data.map(({ uri, subject, name, ...holder }, place) => {
    const text = uri === undefined ? `subject ${subject}` : `uri ${uri}`;
    if (known.has(text)) throw unreadable(`${place}: it is named before`);
    known.add(text);
    const certificate = uri === undefined
      ? { subject: subject ?? "" }
      : { uri };
    return { ...holder, name: name ?? "", certificate };
  });
}

function unreadable(reason: string): EngineError {
  return new EngineError(
    "configuration_invalid",
    `Cannot read the holders of client certificates: ${reason}`,
  );
}
