/**
 * Answers that are remembered for a moment, by tenant. When one ages it is asked for
 * anew beside, and told until the new one is there, so that nobody waits for a change.
 *
 * @module
 */
import type { Clock } from "../ports/clock.ts";

/** For how long an answer is taken as it is. */
const FRESH_MS = 1000;
/** For how long it is told while the next is on its way; then whoever asks waits. */
const TOLD_MS = 2000;
/** Answers that are remembered of a tenant. */
const MOST_ANSWERS = 256;
/** Questions that are asked anew at once. */
const AT_ONCE = 4;

/** Remembers answers. */
export interface Lookup {
  /** An answer that is remembered, or a new one. */
  <T>(tenant: string, question: string, ask: () => Promise<T>): Promise<T>;
  /**
   * Asks all that is remembered of a tenant anew, a few at a time, and then forgets the
   * old answers. That nothing was found is not remembered for long.
   */
  renew(tenant: string): Promise<void>;
  /** Waits for what is being asked. */
  settle(): Promise<void>;
}

interface Kept {
  readonly at: number;
  readonly answer: unknown;
  readonly ask: () => Promise<unknown>;
}

type Answers = Map<string, Kept>;

/** Starts without answers. */
export function createLookup(clock: Clock): Lookup {
  const kept = new Map<string, Answers>();
  const asking = createAsking(clock);
  const renewing = new Set<Promise<void>>();
  async function lookUp<T>(
    tenant: string,
    question: string,
    ask: () => Promise<T>,
  ): Promise<T> {
    const answers = kept.get(tenant) ?? new Map();
    kept.set(tenant, answers);
    const known = answers.get(question);
    const age = Math.abs(Date.parse(clock.now()) - (known?.at ?? NaN));
    if (known && age < FRESH_MS) return known.answer as T;
    const asked = asking.ask(answers, question, ask);
    if (!(known && age < TOLD_MS)) return await asked as T;
    asked.catch(() => {});
    return known.answer as T;
  }
  async function renew(tenant: string): Promise<void> {
    const old = kept.get(tenant);
    if (old === undefined) return;
    forgetNothing(old, Date.parse(clock.now()));
    const fresh: Answers = new Map();
    await fewAtOnce(
      [...old],
      ([question, { ask }]) => asking.ask(fresh, question, ask),
    );
    kept.set(tenant, fresh);
  }
  return Object.assign(lookUp, {
    renew: async (tenant: string) => {
      const renewal = renew(tenant).finally(() => renewing.delete(renewal));
      renewing.add(renewal);
      await renewal;
    },
    settle: async () => {
      await Promise.all(renewing);
      await asking.settle();
    },
  });
}

/** Works on all, and leaves aside what fails. */
async function fewAtOnce<T>(
  all: readonly T[],
  work: (one: T) => Promise<unknown>,
): Promise<void> {
  const rest = all.values();
  const lane = async () => {
    for (const one of rest) await work(one).catch(() => {});
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}

/** Remembers an answer as the latest, and forgets what is too much. */
function remember(answers: Answers, question: string, kept: Kept): void {
  answers.delete(question);
  answers.set(question, kept);
  forgetNothing(answers, kept.at);
  if (answers.size <= MOST_ANSWERS) return;
  const all = [...answers];
  const [spare] = all.find(([, { answer }]) => answer === null) ?? all[0] ?? [];
  if (spare !== undefined) answers.delete(spare);
}

/** Forgets old answers that nothing was found: there is no end of names to ask for. */
function forgetNothing(answers: Answers, now: number): void {
  for (const [question, { answer, at }] of answers) {
    if (answer === null && Math.abs(now - at) >= TOLD_MS) {
      answers.delete(question);
    }
  }
}

/** Asks each question of the same answers once at a time. */
function createAsking(clock: Clock) {
  const asked = new Map<Answers, Map<string, Promise<unknown>>>();
  return {
    ask: (
      answers: Answers,
      question: string,
      ask: () => Promise<unknown>,
    ): Promise<unknown> => {
      const open = asked.get(answers) ?? new Map<string, Promise<unknown>>();
      asked.set(answers, open);
      const known = open.get(question);
      if (known !== undefined) return known;
      const at = Date.parse(clock.now());
      const asking = ask().then((answer) => {
        remember(answers, question, { at, answer, ask });
        return answer;
      }).finally(() => {
        open.delete(question);
        if (open.size === 0) asked.delete(answers);
      });
      open.set(question, asking);
      return asking;
    },
    settle: async () => {
      const all = [...asked.values()].flatMap((open) => [...open.values()]);
      await Promise.allSettled(all);
    },
  };
}
