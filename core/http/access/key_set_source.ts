/**
 * Reads the issuer's key set from where the operator said, and from nowhere else: no
 * redirect is followed, and neither size nor time is the issuer's to choose.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { isPrivateWay } from "../../domain/loopback.ts";

const TIMEOUT_MS = 5000;
const MAX_BYTES = 262_144;

/**
 * Whether a key set may be read from there.
 *
 * @param where What the operator gave.
 * @returns True for an https URL, an http URL of this machine, and the path of a file.
 */
export function isKeySetSource(where: string): boolean {
  const url = urlOf(where);
  return url === null ? where !== "" : isPrivateWay(url);
}

/**
 * Makes what reads a key set.
 *
 * @param where URL or path.
 * @param call Calls the issuer; `fetch` unless given.
 * @param timeoutMs Longest that a reading takes.
 * @returns Reads it, JSON of any shape.
 * @throws {RangeError} If a key set may not be read from there.
 */
export function openKeySetSource(
  where: string,
  call: (request: Request) => Promise<Response> = fetch,
  timeoutMs: number = TIMEOUT_MS,
): () => Promise<unknown> {
  if (!isKeySetSource(where)) {
    throw new RangeError("Cannot read keys from there: give an https URL");
  }
  const url = urlOf(where);
  if (url === null) {
    return async () => JSON.parse(await readFile(where, "utf8"));
  }
  return async () =>
    JSON.parse(
      await fetchText(
        new Request(url, {
          headers: { accept: "application/jwk-set+json, application/json" },
          redirect: "error",
          signal: AbortSignal.timeout(timeoutMs),
        }),
        call,
      ),
    );
}

function urlOf(where: string): URL | null {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(where) ? URL.parse(where) : null;
}

async function fetchText(
  request: Request,
  call: (request: Request) => Promise<Response>,
): Promise<string> {
  const response = await call(request);
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    throw new TypeError(
      `Cannot read keys: the issuer answers ${response.status}`,
    );
  }
  return await readBounded(response.body);
}

async function readBounded(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) {
      throw new RangeError("Cannot read keys: too many bytes");
    }
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
