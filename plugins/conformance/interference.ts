/**
 * What the kit does to calls and answers on their way, which no vendor does of its own
 * accord.
 *
 * @module
 */

/**
 * - `dropped` breaks an answer off in its middle;
 * - `unanswered` lets the vendor do what it is asked, and its answer never comes;
 * - `refused` answers 403, and the vendor does not learn of the call;
 * - `garbled` makes nonsense of one record in it: the first of its longest list;
 * - `unknown_members` adds members that nobody knows to every object in it.
 */
export type Interference =
  | "dropped"
  | "unanswered"
  | "refused"
  | "garbled"
  | "unknown_members";

/** JSON whose numbers stay as they were written. */
interface ExactJson {
  parse(text: string, reviver: ExactReviver): unknown;
  rawJSON(text: string): unknown;
  isRawJSON(value: unknown): boolean;
  stringify(value: unknown): string;
}

type ExactReviver = (
  name: string,
  value: unknown,
  context: { readonly source?: string },
) => unknown;

const EXACT = JSON as unknown as ExactJson;

/**
 * Spoils one answer; one without a body has nothing to be spoilt.
 *
 * @param answer As the vendor gave it.
 * @param interference What is done to it.
 * @returns The answer as it arrives.
 * @throws {TypeError} As a connection does that is closed.
 */
export async function spoil(
  answer: Response,
  interference: Exclude<Interference, "refused">,
): Promise<Response> {
  if (interference === "unanswered") throw new TypeError("connection closed");
  const { status, headers } = answer;
  const text = await answer.text();
  if (text === "") return new Response(null, { status, headers });
  switch (interference) {
    case "dropped":
      return new Response(breakOff(text), { status, headers });
    case "garbled":
      return new Response(garble(text), { status, headers });
    case "unknown_members":
      return new Response(addUnknown(text), { status, headers });
  }
}

function breakOff(text: string): ReadableStream<Uint8Array> {
  const half = new TextEncoder().encode(text.slice(0, text.length >> 1));
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.enqueue(half);
      controller.error(new TypeError("connection closed"));
    },
  });
}

function addUnknown(text: string): string {
  if (!isJson(text)) return text;
  return text.replaceAll(
    /\{(?=\s*")/g,
    '{"zz_unknown":{"of":["a later version",1e3]},',
  );
}

function garble(text: string): string {
  if (!isJson(text)) return text;
  const body = EXACT.parse(
    text,
    (_name, value, { source = "" }) =>
      typeof value === "number" ? EXACT.rawJSON(source) : value,
  );
  const records = listsIn(body).reduce<unknown[]>(
    (longest, list) => list.length > longest.length ? list : longest,
    [],
  );
  if (records.length > 0) records[0] = toNonsense(records[0]);
  return EXACT.stringify(body);
}

/** Lists of objects or lists, the outer ones first. */
function listsIn(value: unknown): unknown[][] {
  if (!isTree(value)) return [];
  const within = Object.values(value).flatMap(listsIn);
  const isList = Array.isArray(value) && value.some(isTree);
  return isList ? [value, ...within] : within;
}

/** Every plain value becomes what no reader can expect in its place. */
function toNonsense(value: unknown): unknown {
  if (!isTree(value)) return {};
  if (Array.isArray(value)) return value.map(toNonsense);
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, toNonsense(one)]),
  );
}

function isTree(value: unknown): value is object {
  return typeof value === "object" && value !== null &&
    !EXACT.isRawJSON(value);
}

function isJson(text: string): boolean {
  return /^\s*[[{]/.test(text);
}
