/**
 * Where the time of a request goes: numbers in one record for each request, cheap enough to
 * be kept of all of them.
 *
 * The stages of a request follow one another, so that each ends where the next begins. A
 * stage that comes again, as features are read again for a lower rung, adds to the first.
 *
 * @module
 */

/**
 * Every stage, in the order in which a request usually passes through.
 *
 * | stage | until |
 * | --- | --- |
 * | `admit` | it is known who calls, and that the quota allows it |
 * | `read_body` | the body is read and parsed |
 * | `recall` | it is known that the idempotency key is new |
 * | `find_models` | the models that may answer are found |
 * | `read_features` | the features are read |
 * | `score_challenger`, `score_champion`, `score_previous` | that model has scored, or failed to |
 * | `pace` | it is known which budget pays, and the bid is shaded |
 * | `count` | limits are read and claimed |
 * | `judge` | policies have judged, and the decision is settled |
 * | `render` | the answer is printed |
 * | `commit` | the decision is durable |
 * | `work` | a route that does not decide has done its work |
 */
export const STAGES = [
  "admit",
  "read_body",
  "recall",
  "find_models",
  "read_features",
  "score_challenger",
  "score_champion",
  "score_previous",
  "pace",
  "count",
  "judge",
  "render",
  "commit",
  "work",
] as const;

/** Name of a stage. */
export type Stage = (typeof STAGES)[number];

const PLACES = Object.fromEntries(
  STAGES.map((stage, place) => [stage, place]),
) as Readonly<Record<Stage, number>>;

/** Nothing of every stage, kept as doubles: a typed array costs five times as much to make. */
const NONE: readonly number[] = STAGES.map(() => 0.5).fill(0);

/** Where the time of one request went. */
export class StageTimes {
  readonly #nowMs: () => number;
  readonly #startedMs: number;
  #lastMs: number;
  /** When each stage first began, ms after the request; shape [stages]. */
  readonly begunMs: number[] = NONE.slice();
  /** How long each took; 0 for one that was not passed; shape [stages], ms. */
  readonly tookMs: number[] = NONE.slice();

  /**
   * Begins with the first stage.
   *
   * @param nowMs Clock that only moves forward, milliseconds.
   */
  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
    this.#startedMs = this.#lastMs = nowMs();
  }

  /**
   * Ends a stage; the next begins.
   *
   * @param stage The one that ended.
   */
  end(stage: Stage): void {
    const place = PLACES[stage];
    const now = this.#nowMs();
    if (this.tookMs[place] === 0) {
      this.begunMs[place] = this.#lastMs - this.#startedMs;
    }
    this.tookMs[place] = (this.tookMs[place] ?? 0) + now - this.#lastMs;
    this.#lastMs = now;
  }

  /**
   * How long ago the request began.
   *
   * @returns Milliseconds.
   */
  elapsedMs(): number {
    return this.#nowMs() - this.#startedMs;
  }
}

/** Hears when stages end. */
export type StageClock = Pick<StageTimes, "end">;

/** For those who do not care how long it takes. */
export const UNTIMED: StageClock = { end: () => {} };
