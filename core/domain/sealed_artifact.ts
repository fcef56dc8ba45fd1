/**
 * How a sealed model artifact begins, which no artifact in clear does.
 *
 * @module
 */

/** First bytes of a sealed artifact; the id of its key follows, then what is sealed. */
export const SEALED_ARTIFACT = "moe-sealed:1:";

/**
 * Whether an artifact is sealed.
 *
 * @param bytes As they are kept.
 * @returns True if they begin as sealed ones do.
 */
export function isSealedArtifact(bytes: Uint8Array): boolean {
  const begin = bytes.subarray(0, SEALED_ARTIFACT.length);
  return new TextDecoder().decode(begin) === SEALED_ARTIFACT;
}
