/**
 * Challenger and shadow score what the champion scored, aside and later: answers never
 * wait for them, and nothing else comes of it. Where too much is waiting, what is compared
 * is a fair sample: each answer since the queue was last empty had the same chance to stay
 * in it; the rest is left out and counted.
 *
 * They are given the champion's own inputs, so a version is compared if it reads no
 * others, in the same versions of views.
 *
 * @module
 */
import type { EncodingRow } from "../domain/encoding.ts";
import type { Alias } from "../domain/model_event.ts";
import { type ModelRecord, printModelRef } from "../domain/score.ts";
import { rescued, type Soon } from "../domain/soon.ts";
import {
  type Agreement,
  type AgreementCounter,
  countAgreement,
} from "./agreement.ts";
import type { RowScores } from "./session.ts";

/** Answers of the champion that may wait. */
const MOST_WAITING = 256;
/** Pairs of versions that are remembered. */
const MOST_PAIRS = 256;

/** A version beside the champion. */
export interface Beside {
  readonly alias: Exclude<Alias, "champion">;
  readonly record: ModelRecord;
  /** Scores off the thread that answers. */
  score(rows: readonly EncodingRow[]): Soon<RowScores>;
}

/** What the champion answered. */
export interface Answered {
  readonly tenant: string;
  readonly record: ModelRecord;
  readonly rows: readonly EncodingRow[];
  readonly scores: RowScores;
}

/** How a version beside the champion compares with it, since this process started. */
export interface Comparison extends Agreement {
  readonly tenant: string;
  /** `name@version`. */
  readonly champion: string;
  readonly beside: string;
  readonly alias: Beside["alias"];
  /** Rows that it could not be given, or failed on. */
  readonly unscored: number;
}

/** Compares. */
export interface BesideQueue {
  /** Takes note of an answer; never waits, never throws. */
  offer(answered: Answered): void;
  compared(): readonly Comparison[];
  /** Answers that were left out because too many were waiting. */
  readonly leftOut: number;
  /** Waits for the comparison that is under way, and drops the rest. */
  close(): Promise<void>;
}

interface Pair extends Pick<Comparison, "tenant" | "champion" | "beside"> {
  readonly alias: Beside["alias"];
  readonly counter: AgreementCounter;
  unscored: number;
}

/** Finds who has a role beside the champion of a name. */
export type FindBeside = (
  tenant: string,
  name: string,
) => Soon<readonly Beside[]>;

/**
 * Starts.
 *
 * @param find Finds who has a role beside the champion of a name.
 * @param random Draws from [0, 1); chance unless given.
 */
export function createBesideQueue(
  find: FindBeside,
  random: () => number = Math.random,
): BesideQueue {
  const waiting: Answered[] = [];
  const pairs = new Map<string, Pair>();
  let leftOut = 0;
  let offered = 0;
  let draining: Promise<void> | null = null;
  async function drain(): Promise<void> {
    await new Promise((turn) => setTimeout(turn, 0));
    for (let alike = takeAlike(waiting); alike; alike = takeAlike(waiting)) {
      const [{ tenant, record }] = alike;
      const found = await Promise.try(() => find(tenant, record.name))
        .catch(() => []);
      if (found.length === 0) continue;
      const joined = joinAlike(alike);
      for (const beside of found) {
        await compare(pairOf(pairs, joined, beside), joined, beside);
      }
    }
    draining = null;
  }
  return {
    offer: (answered) => {
      if (isAlone(answered, find)) return;
      offered = waiting.length === 0 ? 1 : offered + 1;
      if (waiting.length < MOST_WAITING) waiting.push(answered);
      else {
        leftOut++;
        const place = Math.floor(random() * offered);
        if (place < waiting.length) waiting[place] = answered;
      }
      draining ??= drain();
    },
    compared: () =>
      [...pairs.values()].map(({ counter, ...pair }) => ({
        ...pair,
        ...counter.agreement,
      })),
    get leftOut() {
      return leftOut;
    },
    close: async () => {
      waiting.length = 0;
      await draining;
    },
  };
}

/** Whether nobody is known to be beside; where that is not at hand, it is asked later. */
function isAlone({ tenant, record }: Answered, find: FindBeside): boolean {
  const known = rescued(() => find(tenant, record.name), () => []);
  return !(known instanceof Promise) && known.length === 0;
}

/** Answers of one version. */
type Alike = readonly [Answered, ...Answered[]];

/** Takes the first answer with all others of the same version. */
function takeAlike(waiting: Answered[]): Alike | null {
  const first = waiting.shift();
  if (first === undefined) return null;
  const isAlike = ({ tenant, record }: Answered) =>
    tenant === first.tenant && record.name === first.record.name &&
    record.version === first.record.version;
  const alike = waiting.filter(isAlike);
  const others = waiting.filter((one) => !isAlike(one));
  waiting.splice(0, Infinity, ...others);
  return [first, ...alike];
}

/** Answers of one version as one. */
function joinAlike(alike: Alike): Answered {
  return {
    ...alike[0],
    rows: alike.flatMap(({ rows }) => [...rows]),
    scores: alike.flatMap(({ scores }) => [...scores]),
  };
}

function pairOf(
  pairs: Map<string, Pair>,
  { tenant, record }: Answered,
  { alias, record: other }: Beside,
): Pair {
  const [champion, beside] = [record, other].map(printModelRef);
  const key = `${tenant} ${alias} ${champion} ${beside}`;
  const pair = pairs.get(key) ?? {
    ...{ tenant, alias, counter: countAgreement(), unscored: 0 },
    ...{ champion: champion ?? "", beside: beside ?? "" },
  };
  pairs.set(key, pair);
  for (const oldest of pairs.keys()) {
    if (pairs.size > MOST_PAIRS) pairs.delete(oldest);
  }
  return pair;
}

async function compare(
  pair: Pair,
  { record, rows, scores }: Answered,
  beside: Beside,
): Promise<void> {
  const places = placesOf(record, beside.record);
  if (places === null) {
    pair.unscored += rows.length;
    return;
  }
  try {
    const said = await beside.score(
      rows.map(({ values, action }) => ({
        action,
        values: places.map((place) => values[place] ?? null),
      })),
    );
    pair.counter.add(scores, said);
  } catch {
    pair.unscored += rows.length;
  }
}

/** Where the champion has each input of the other; null if it has not, or of other views. */
function placesOf(
  { schema, lineage }: ModelRecord,
  other: ModelRecord,
): readonly number[] | null {
  const places = other.schema.inputs.map(({ name }) =>
    schema.inputs.findIndex((input) => input.name === name)
  );
  const known = other.lineage.views.every((view) =>
    lineage.views.includes(view)
  );
  return known && places.every((place) => place >= 0) ? places : null;
}
