/**
 * Signatures of files, by Ed25519: whoever carries settings to a platform can check
 * them by the public key, and can make none. A shared secret could not keep the two
 * apart.
 *
 * Signed are the bytes of the canonical JSON of the file without its member
 * `signature`. A key is known by the first 16 hexadecimal digits of the SHA-256 of its
 * public half (DER, SubjectPublicKeyInfo). One key signs; those before it still
 * verify.
 *
 * @see RFC 8032 (Ed25519) and RFC 8785 (JSON Canonicalization Scheme)
 * @module
 */
import { canonicalJson, EngineError, sha256 } from "@moe/plugin";
import { Buffer } from "node:buffer";
import {
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign,
  verify,
} from "node:crypto";
import * as z from "zod";

/** A signature, as it is in a file. */
export const Signature = z.strictObject({
  algorithm: z.literal("Ed25519"),
  key_id: z.string().regex(/^[0-9a-f]{16}$/),
  value: z.base64().length(88),
});

/** A signature, as it is in a file. */
export type Signature = z.infer<typeof Signature>;

/** Content of a file, signed or not. */
export type Signed<T> = T & { readonly signature?: Signature | undefined };

/** Private key in PEM (PKCS #8), as `openssl genpkey -algorithm ed25519` makes it. */
export const PrivateKey = z.string().refine(
  (pem) => isEd25519(() => createPrivateKey(pem)),
  "expected an Ed25519 private key in PEM",
);

/** Public key in PEM, as `openssl pkey -pubout` prints it. */
export const PublicKey = z.string().refine(
  (pem) => !pem.includes("PRIVATE") && isEd25519(() => createPublicKey(pem)),
  "expected an Ed25519 public key in PEM",
);

/** Keys of a folder. */
export interface KeyTerms {
  /** Signs; nothing is signed or verified without it. */
  readonly signingKey?: string | undefined;
  /** Public keys that were in use before and still verify. */
  readonly formerKeys: readonly string[];
  /** Take files without a signature, until the next change signs them. */
  readonly acceptUnsigned: boolean;
}

/**
 * Signs content where there is a key.
 *
 * @param content What is signed.
 * @param terms The folder's keys.
 * @returns The content with its signature; as it is without a key.
 */
export function signContent<T extends object>(
  content: T,
  { signingKey }: KeyTerms,
): Signed<T> {
  if (signingKey === undefined) return content;
  const key = createPrivateKey(signingKey);
  return {
    ...content,
    signature: {
      algorithm: "Ed25519",
      key_id: nameKey(createPublicKey(key)),
      value: sign(null, bytesOf(content), key).toString("base64"),
    },
  };
}

/**
 * Checks a file's signature where there is a key; else takes it as it is.
 *
 * @param file What was read.
 * @param terms The folder's keys.
 * @param path Where it is, for the message.
 * @throws {EngineError} `artifact_corrupt` if it is not signed by one of the keys.
 */
export function demandSigned(
  { signature, ...content }: Signed<object>,
  { signingKey, formerKeys, acceptUnsigned }: KeyTerms,
  path: string,
): void {
  if (signingKey === undefined) return;
  if (signature === undefined) {
    if (acceptUnsigned) return;
    throw corrupt(path, "it is not signed, and a signing key is configured");
  }
  const keys = [signingKey, ...formerKeys].map((pem) => createPublicKey(pem));
  const key = keys.find((one) => nameKey(one) === signature.key_id);
  if (!key) throw corrupt(path, `key "${signature.key_id}" is not known`);
  const value = Buffer.from(signature.value, "base64");
  if (verify(null, bytesOf(content), key, value)) return;
  throw corrupt(path, "its content is not what was signed");
}

function nameKey(publicKey: KeyObject): string {
  return sha256(publicKey.export({ type: "spki", format: "der" })).slice(0, 16);
}

function bytesOf(content: object): Uint8Array {
  return new TextEncoder().encode(canonicalJson(content));
}

function isEd25519(open: () => KeyObject): boolean {
  try {
    return open().asymmetricKeyType === "ed25519";
  } catch {
    return false;
  }
}

function corrupt(path: string, reason: string): EngineError {
  return new EngineError(
    "artifact_corrupt",
    `Cannot trust file "${path}": ${reason}`,
  );
}
