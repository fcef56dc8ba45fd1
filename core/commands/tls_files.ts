/**
 * Certificate, key and CA of clients from files, read again while they are served from:
 * whoever renews a certificate replaces its files and restarts nothing.
 *
 * @module
 */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { EngineError } from "../domain/error.ts";
import type { TlsText } from "../http/tls/secure_server.ts";

/** Where what is served over TLS with lies. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
  /** CAs of clients; null to ask clients for nothing. */
  readonly clientCa: string | null;
}

/** How often files are looked at. */
const LOOK_MS = 10_000;

/**
 * Reads the files.
 *
 * @throws {EngineError} `configuration_invalid` if one cannot be read, or the key is not
 * that of the certificate.
 */
export async function readTls(files: TlsFiles): Promise<TlsText> {
  const [cert, key, clientCa] = await Promise.all([
    readPem(files.cert),
    readPem(files.key),
    files.clientCa === null ? null : readPem(files.clientCa),
  ]);
  demandPair({ cert, key }, files);
  if (clientCa !== null) demandCertificate(clientCa, files.clientCa ?? "");
  return { cert, key, clientCa };
}

/** Looks at the files until it is told to stop. */
export interface TlsWatch {
  stop(): void;
}

/**
 * Looks at the files from time to time.
 *
 * @param watch Files, what was read of them last, and how often to look.
 * @param changed Told what is in them when it is another; what cannot be used, as while
 * one of them is replaced, is told to `failed`, once, and looked at again.
 */
export function watchTls(
  { files, known, everyMs = LOOK_MS }: {
    readonly files: TlsFiles;
    readonly known: TlsText;
    readonly everyMs?: number;
  },
  { changed, failed }: {
    changed(tls: TlsText): void;
    failed(error: unknown): void;
  },
): TlsWatch {
  let last = known;
  let said = "";
  async function look(): Promise<void> {
    try {
      const now = await readTls(files);
      said = "";
      if (sameTls(now, last)) return;
      last = now;
      changed(now);
    } catch (error) {
      if (String(error) !== said) failed(error);
      said = String(error);
    }
  }
  const timer = setInterval(look, everyMs);
  return { stop: () => clearInterval(timer) };
}

function sameTls(one: TlsText, other: TlsText): boolean {
  return one.cert === other.cert && one.key === other.key &&
    one.clientCa === other.clientCa;
}

async function readPem(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (cause) {
    throw unusable(path, "it cannot be read", cause);
  }
}

function demandCertificate(text: string, path: string): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch (cause) {
    throw unusable(path, "it holds no certificate", cause);
  }
}

function demandPair(
  { cert, key }: Pick<TlsText, "cert" | "key">,
  files: TlsFiles,
): void {
  const certificate = demandCertificate(cert, files.cert);
  let fits = false;
  try {
    fits = certificate.checkPrivateKey(createPrivateKey(key));
  } catch (cause) {
    throw unusable(files.key, "it holds no private key", cause);
  }
  if (!fits) throw unusable(files.key, "it is not the key of the certificate");
}

function unusable(path: string, reason: string, cause?: unknown): EngineError {
  return new EngineError(
    "configuration_invalid",
    `Cannot serve over TLS with "${path}": ${reason}`,
    { cause },
  );
}
