/**
 * A master key that somebody else holds: a program, such as one that asks a key
 * management service, wraps and unwraps.
 *
 * It is called with `wrap` or `unwrap` as its last argument, reads base64 from standard
 * input and writes base64 to standard output.
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";
import type { MasterKey } from "../encryption/master_key.ts";

const ID = "command";
const LONGEST_MS = 10_000;

/** Makes the master key of a program and its first arguments. */
export function createCommandMaster(argv: readonly string[]): MasterKey {
  return {
    id: ID,
    knows: (wrapper) => wrapper === ID,
    wrap: (key) => ask(argv, "wrap", key),
    unwrap: (wrapped) => ask(argv, "unwrap", wrapped),
  };
}

async function ask(
  [program = "", ...args]: readonly string[],
  word: "wrap" | "unwrap",
  bytes: Uint8Array,
): Promise<Uint8Array> {
  const signal = AbortSignal.timeout(LONGEST_MS);
  const piped = { stdin: "piped", stdout: "piped", stderr: "null" } as const;
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(program, {
      ...{ ...piped, args: [...args, word], signal },
    }).spawn();
  } catch (cause) {
    throw unusable(program, cause);
  }
  const [output] = await Promise.all([
    child.output(),
    tell(child.stdin, bytes.toBase64()),
  ]);
  if (!output.success) {
    const reason = signal.aborted
      ? `it does not answer within ${LONGEST_MS} ms`
      : `it ended with ${output.code}`;
    throw unanswered(word, reason);
  }
  try {
    const text = new TextDecoder().decode(output.stdout).trim();
    if (text !== "") return Uint8Array.fromBase64(text);
  } catch { /* Told below: what it wrote may be a key, and is not repeated. */ }
  throw unanswered(word, "it does not answer in base64");
}

/** A program that ends without reading has said all it will. */
async function tell(
  stdin: WritableStream<Uint8Array<ArrayBuffer>>,
  text: string,
): Promise<void> {
  const writer = stdin.getWriter();
  try {
    await writer.write(new TextEncoder().encode(`${text}\n`));
    await writer.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

function unusable(program: string, cause: unknown): EngineError {
  const reason = cause instanceof Deno.errors.NotCapable
    ? `it may not be run; start with --allow-run=${program}`
    : "there is no such program, or it may not be run";
  return new EngineError(
    "configuration_invalid",
    `Cannot use the program "${program}" of MOE_MASTER_KEY_COMMAND: ${reason}`,
    { cause },
  );
}

function unanswered(word: string, reason: string): EngineError {
  return new EngineError(
    "store_unavailable",
    `Cannot ${word} a key with the program of MOE_MASTER_KEY_COMMAND: ${reason}`,
  );
}
