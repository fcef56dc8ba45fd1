/**
 * Answers that are remembered for a moment, by tenant. When one ages it is asked for
 * anew beside, and told until the new one is there, so that nobody waits for a change.
 * While the store does not answer, what was known last is told, and that it is old.
 *
 * @module
 */
import { createInstantReader } from "../domain/day.ts";
import { type Deadline, NO_DEADLINE } from "../domain/deadline.ts";
import { EngineError } from "../domain/error.ts";
import type { Soon } from "../domain/soon.ts";
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
  /** An answer that is remembered, at hand, or a new one. */
  <T>(tenant: string, wanted: Wanted<T>): Soon<T>;
  /** Whether the answer told last is old, as the store did not confirm it. */
  isUnconfirmed(tenant: string, question: string): boolean;
  /**
   * Asks all that is remembered of a tenant anew, a few at a time, and then forgets the
   * old answers. That nothing was found is not remembered for long.
   */
  renew(tenant: string): Promise<void>;
  /** Waits for what is being asked. */
  settle(): Promise<void>;
}

/** What is to be known. */
export interface Wanted<T> {
  /** Names it; all who want the same share an answer. */
  readonly question: string;
  ask(): Promise<T>;
  /** Until when a new answer is waited for, where an old one is known. */
  readonly deadline?: Deadline | undefined;
}

interface Kept {
  readonly at: number;
  readonly answer: unknown;
  readonly ask: () => Promise<unknown>;
  /** When it last could not be confirmed; null if it could. */
  unconfirmedAt: number | null;
}

type Answers = Map<string, Kept>;

/**
 * Names what is asked about names: each question once, as most are asked for every decision.
 *
 * @param what What of them is to be known.
 */
export function createQuestions(what: string): (name: string) => string {
  const questions = new Map<string, string>();
  return (name) => {
    const known = questions.get(name);
    if (known !== undefined) return known;
    if (questions.size >= MOST_ANSWERS) questions.clear();
    const question = `${what} ${name}`;
    questions.set(name, question);
    return question;
  };
}

/** Starts without answers. */
export function createLookup(clock: Clock): Lookup {
  const kept = new Map<string, Answers>();
  const millisOf = createInstantReader();
  const asking = createAsking(clock);
  const renewing = new Set<Promise<void>>();
  function lookUp<T>(
    tenant: string,
    { question, ask, deadline = NO_DEADLINE }: Wanted<T>,
  ): Soon<T> {
    const answers = kept.get(tenant) ?? new Map<string, Kept>();
    kept.set(tenant, answers);
    const known = answers.get(question);
    if (known === undefined) {
      return asking.ask(answers, question, ask) as Promise<T>;
    }
    const now = millisOf(clock.now());
    const age = Math.abs(now - known.at);
    if (age < FRESH_MS || isDoubted(known, now)) return known.answer as T;
    const asked = asking.ask(answers, question, ask);
    if (age >= TOLD_MS) return confirm<T>({ known, asked, now }, deadline);
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
    isUnconfirmed: (tenant: string, question: string) =>
      (kept.get(tenant)?.get(question)?.unconfirmedAt ?? null) !== null,
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

/** Whether it was tried in vain to confirm an answer, a moment ago. */
function isDoubted({ unconfirmedAt }: Kept, now: number): boolean {
  return unconfirmedAt !== null && Math.abs(now - unconfirmedAt) < FRESH_MS;
}

/** Waits for the new answer; the old one stands in where the store does not give it. */
async function confirm<T>(
  { known, asked, now }: {
    readonly known: Kept;
    readonly asked: Promise<unknown>;
    readonly now: number;
  },
  deadline: Deadline,
): Promise<T> {
  try {
    return await deadline.within(asked) as T;
  } catch (error) {
    if (known.answer === null || !isOutage(error)) throw error;
    known.unconfirmedAt = now;
    return known.answer as T;
  }
}

function isOutage(error: unknown): boolean {
  return error instanceof EngineError &&
    (error.code === "store_unavailable" || error.code === "deadline_exceeded");
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
        remember(answers, question, {
          ...{ at, answer, ask, unconfirmedAt: null },
        });
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
