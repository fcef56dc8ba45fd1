/**
 * What a connection's own end verified of its client, kept where no header can forge it.
 *
 * @module
 */

/** What a verified certificate says of its holder. */
export interface ClientCertificate {
  /** Common name of the subject; null if it has none. */
  readonly commonName: string | null;
  /** URIs among the alternative names, such as `spiffe://acme/scorer`. */
  readonly uris: readonly string[];
  /** SHA-256 of the certificate, 64 lower-case hexadecimal digits. */
  readonly fingerprint: string;
}

const VERIFIED = new WeakMap<Request, ClientCertificate>();

/**
 * Notes whose request it is; for the server that verified the certificate alone.
 *
 * @param request The request, as the app gets it.
 * @param certificate What was verified.
 */
export function vouchFor(
  request: Request,
  certificate: ClientCertificate,
): void {
  VERIFIED.set(request, certificate);
}

/**
 * The certificate of a request's client.
 *
 * @param request The request, as the app got it.
 * @returns What was verified, or null if nothing was.
 */
export function clientCertificateOf(
  request: Request,
): ClientCertificate | null {
  return VERIFIED.get(request) ?? null;
}
