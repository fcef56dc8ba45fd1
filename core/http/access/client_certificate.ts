/**
 * What a connection's own end verified of its client, kept where no header can forge it.
 *
 * A browser shows its person's certificate to whatever a page asks for, also a page of
 * another site. What such a page asks to be changed the person did not ask for: there a
 * certificate vouches for nobody. Browsers say who asks; programs that are none say nothing.
 *
 * @see https://www.w3.org/TR/fetch-metadata, read on 2026-11-27
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
/** What changes nothing; who asks for it from elsewhere cannot read the answer. */
const READING = new Set(["GET", "HEAD"]);
/** Pages of ours, and what a person typed. */
const OWN_SITES = new Set(["same-origin", "none"]);

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
 * @returns What was verified, or null if nothing was, or a page of another site asks for a
 * change.
 */
export function clientCertificateOf(
  request: Request,
): ClientCertificate | null {
  const certificate = VERIFIED.get(request) ?? null;
  return certificate === null || isOwnWish(request) ? certificate : null;
}

function isOwnWish({ method, headers, url }: Request): boolean {
  if (READING.has(method)) return true;
  const site = headers.get("sec-fetch-site");
  if (site !== null) return OWN_SITES.has(site);
  const origin = headers.get("origin");
  return origin === null || origin === new URL(url).origin;
}
