/**
 * What answers told, to be offered to later requests: ids, and members by their names.
 *
 * @module
 */

/** Ids as the engine gives them, wherever an answer has them. */
const ID = /^(?:\w+_)?id$/;
const MOST = 200;
const MOST_OF_ONE_NAME = 50;
/** Answers are read so far. */
const MOST_CHARS = 100_000;

/** What was told so far. */
export interface Known {
  readonly ids: readonly string[];
  /** Learns from an answer; one that is no JSON tells nothing. */
  learn(text: string): void;
  /** The value with members as answers told them, where they told any of that name. */
  graft(value: unknown, choice: number): unknown;
}

/**
 * Knows nothing yet.
 *
 * @param unlearnt Ids that are never offered.
 */
export function createKnown(unlearnt: readonly string[]): Known {
  const ids: string[] = [];
  const members = new Map<string, unknown[]>();
  const note = (name: string, value: unknown) => {
    if (typeof value === "string" && unlearnt.includes(value)) return;
    const told = members.get(name) ?? [];
    members.set(name, told);
    if (told.length < MOST_OF_ONE_NAME) told.push(value);
    if (typeof value !== "string" || !ID.test(name)) return;
    if (ids.length < MOST && !ids.includes(value)) ids.push(value);
  };
  const learn = (value: unknown) => {
    for (const [name, member] of Object.entries(value ?? {})) {
      if (typeof member === "object") learn(member);
      else if (!Array.isArray(value)) note(name, member);
    }
  };
  const graft: Known["graft"] = (value, choice) => {
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map((item) => graft(item, choice));
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => {
        const told = members.get(name) ?? [];
        const isTold = typeof member !== "object" && told.length > 0;
        return [
          name,
          isTold ? told[choice % told.length] : graft(member, choice),
        ];
      }),
    );
  };
  return {
    ...{ ids, graft },
    learn: (text) => {
      if (text.startsWith("{") && text.length < MOST_CHARS) {
        learn(JSON.parse(text));
      }
    },
  };
}
