/**
 * A vendor's answer: read within bounds, parsed, and judged by its HTTP status
 * where the connector does not say what it means.
 *
 * @module
 */
import type { HttpAnswer, Outcome } from "../../domain/source.ts";
import { parseExactJson } from "../../domain/exact_json.ts";

/** An answer with the text that it was parsed from. */
export interface ReadAnswer extends HttpAnswer {
  readonly text: string;
  /** Whether the text is JSON. */
  readonly isJson: boolean;
}

/**
 * Reads an answer to its end.
 *
 * @param response What came.
 * @param path Path that was called.
 * @param maxBytes Most that is read.
 * @returns The answer, or null if it is longer.
 * @throws What the connection throws when it drops.
 */
export async function readAnswer(
  response: Response,
  path: string,
  maxBytes: number,
): Promise<ReadAnswer | null> {
  const text = await readText(response, maxBytes);
  if (text === null) return null;
  const parsed = tryParse(text);
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: parsed === undefined ? text : parsed,
    path,
    text,
    isJson: parsed !== undefined,
  };
}

async function readText(
  response: Response,
  maxBytes: number,
): Promise<string | null> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > maxBytes) return null;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function tryParse(text: string): unknown {
  try {
    return parseExactJson(text);
  } catch {
    return undefined;
  }
}

/**
 * Judges an answer by its status alone.
 *
 * @param answer The answer.
 * @returns What it means: 429 and a 503 with `retry-after` throttle, 401 asks for a
 * new access token, 408 and 5xx pass, 413 and 414 ask for less.
 */
export function judgeStatus({ status, headers }: HttpAnswer): Outcome {
  const waitSeconds = retryAfterSeconds(headers);
  if (status >= 200 && status < 300) return { kind: "ok" };
  if (status === 429 || (status === 503 && waitSeconds !== null)) {
    return { kind: "throttled", scope: "account", waitSeconds };
  }
  if (status === 401) return { kind: "sign_in" };
  if (status === 408 || status >= 500) return { kind: "again" };
  if (status === 413 || status === 414) return { kind: "too_large" };
  return { kind: "refused", reason: `it answered ${status}` };
}

/** Seconds or an HTTP date, compared with the answer's own date. */
function retryAfterSeconds(
  headers: Readonly<Record<string, string>>,
): number | null {
  const text = headers["retry-after"]?.trim() ?? "";
  if (/^\d{1,9}(\.\d{1,3})?$/.test(text)) return Number(text);
  const until = Date.parse(text) - Date.parse(headers["date"] ?? "");
  return Number.isNaN(until) ? null : Math.max(0, until / 1000);
}
