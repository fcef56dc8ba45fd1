/**
 * Callers that a client certificate vouches for. The connection's own end verified the
 * certificate; which names it may bear, and who they are, is the operator's list.
 *
 * @module
 */
import type { Caller, Role } from "../../ports/access.ts";
import { ROLES } from "../../ports/access.ts";
import type { ClientCertificate } from "./client_certificate.ts";
import { unknownCaller } from "./refusals.ts";

/** Who a certificate is. */
export interface CertificateHolder {
  /** Common name, or a URI among the alternative names. */
  readonly certificate:
    | {
      /** Common name. */
      readonly subject: string;
    }
    | {
      /** URI among the alternative names. */
      readonly uri: string;
    };
  /** Whose rows it reaches. */
  readonly tenant: string;
  /** What it may do. */
  readonly role: Role;
  /** Who or what it is; four-eyes rules compare this name. */
  readonly name: string;
  /** Groups that it speaks for in reviews. */
  readonly groups: readonly string[];
  /** Whether it is a person. */
  readonly person: boolean;
}

/** Knows holders of certificates. */
export interface Certificates {
  /**
   * Who a certificate is.
   *
   * @param certificate What was verified of it.
   * @returns The caller.
   * @throws {EngineError} `credentials_invalid` if the list names nobody by it.
   */
  callerOf(certificate: ClientCertificate): Caller;
}

/**
 * Makes the list that certificates are looked up in.
 *
 * @param holders Who is known; each certificate name at most once.
 * @returns The list; a URI counts before the common name.
 */
export function createCertificates(
  holders: readonly CertificateHolder[],
): Certificates {
  const known = new Map(
    holders.map((holder, place) => [
      nameOf(holder.certificate),
      toCaller(holder, place),
    ]),
  );
  return {
    callerOf({ commonName, uris }) {
      const names = [
        ...uris.map((uri) => nameOf({ uri })),
        ...commonName === null ? [] : [nameOf({ subject: commonName })],
      ];
      const found = names.map((name) => known.get(name)).find(Boolean);
      if (found) return found;
      throw unknownCaller("nobody is known by the client certificate");
    },
  };
}

function nameOf(certificate: CertificateHolder["certificate"]): string {
  return "uri" in certificate
    ? `uri ${certificate.uri}`
    : `subject ${certificate.subject}`;
}

function toCaller(
  { tenant, role, name, groups, person }: CertificateHolder,
  place: number,
): Caller {
  return {
    id: `certificate_${place + 1}`,
    ...{ tenant, name, groups, person },
    scopes: ROLES[role],
    purposes: null,
  };
}
