/**
 * One move of a No-U-Turn sampler: a trajectory that doubles until it turns back,
 * and a draw from its points by their weights.
 *
 * All arrays are made once; a move allocates nothing.
 *
 * @see Hoffman and Gelman (2014), The No-U-Turn Sampler
 * @module
 */
import type { Random } from "../../core/domain/random.ts";
import type { Metric } from "./metric.ts";
import {
  copyEdge,
  copyPoint,
  fillStretch,
  goesOn,
  join,
  newState,
  newStretch,
  type Point,
  reverse,
  type State,
  type Stretch,
} from "./stretch.ts";
import { addScaled, dot, logAdd } from "./vectors.ts";

/** What is sampled from. */
export interface Target {
  /** Numbers of a position. */
  readonly size: number;
  /**
   * Log density at a position, up to a constant; writes its gradient.
   *
   * @param position Shape [size]; anywhere on the line each.
   * @param gradient Where to write, shape [size].
   * @returns −Infinity or NaN where there is no density.
   */
  logDensity(position: Float64Array, gradient: Float64Array): number;
}

/** How to move. */
export interface Drive {
  readonly metric: Metric;
  /** Time of one leap. */
  readonly step: number;
  /** Doublings at most. */
  readonly maxDepth: number;
}

const LARGEST_ENERGY_ERROR = 1000;
/** Doublings that no trajectory exceeds. */
const DEEPEST = 20;

/** Moves points of one target, by one stream of chance. */
export class Trajectory {
  /** Mean share accepted along the last move, [0, 1]. */
  accepted = 0;
  /** Doublings of the last move. */
  depth = 0;
  /** Whether the energy of the last move ran away. */
  diverged = false;
  /** Gradients evaluated since the beginning. */
  evaluations = 0;

  readonly #target: Target;
  readonly #random: Random;
  readonly #ahead: State;
  readonly #behind: State;
  readonly #whole: Stretch;
  readonly #extension: Stretch;
  readonly #halves: readonly Stretch[];
  readonly #scratch: Float64Array;
  #drive: Drive = { metric: STILL, step: 0, maxDepth: 0 };
  #energy = 0;
  #shares = 0;
  #leaps = 0;

  /** Makes the arrays. */
  constructor(target: Target, random: Random) {
    const { size } = target;
    this.#target = target;
    this.#random = random;
    this.#ahead = newState(size);
    this.#behind = newState(size);
    this.#whole = newStretch(size);
    this.#extension = newStretch(size);
    this.#halves = Array.from({ length: DEEPEST }, () => newStretch(size));
    this.#scratch = new Float64Array(size);
  }

  /** Moves a point, in place. */
  move(from: Point, drive: Drive): void {
    const whole = this.#whole;
    const extension = this.#extension;
    this.#begin(from, drive);
    copyPoint(this.#ahead, this.#behind);
    copyEdge(this.#ahead, this.#behind);
    fillStretch(whole, this.#ahead, 0);
    let forward = true;
    while (this.depth < Math.min(DEEPEST, drive.maxDepth)) {
      const next = this.#random.next() < 0.5;
      if (next !== forward) reverse(whole);
      forward = next;
      const step = forward ? drive.step : -drive.step;
      const state = forward ? this.#ahead : this.#behind;
      if (!this.#grow(extension, state, { depth: this.depth, step })) break;
      this.depth++;
      const on = goesOn(whole, extension, this.#scratch);
      const share = Math.exp(extension.logWeight - whole.logWeight);
      join(whole, extension, this.#random.next() < share);
      if (!on) break;
    }
    copyPoint(whole.proposal, from);
    this.accepted = this.#shares / this.#leaps;
  }

  /** Leaps once from a point, with a fresh momentum: log of the share accepted. */
  probe(from: Point, drive: Drive): number {
    this.#begin(from, drive);
    return this.#leap(this.#ahead, drive.step);
  }

  #begin(from: Point, drive: Drive): void {
    this.#drive = drive;
    const state = this.#ahead;
    copyPoint(from, state);
    drive.metric.draw(this.#random, state.momentum);
    drive.metric.velocity(state.momentum, state.velocity);
    this.#energy = energyOf(state);
    this.#shares = this.#leaps = this.depth = 0;
    this.diverged = false;
  }

  /** One leapfrog step; answers the energy lost since the beginning. */
  #leap(state: State, step: number): number {
    const { position, momentum, gradient, velocity } = state;
    addScaled(momentum, gradient, step / 2);
    this.#drive.metric.velocity(momentum, velocity);
    addScaled(position, velocity, step);
    state.logDensity = this.#target.logDensity(position, gradient);
    addScaled(momentum, gradient, step / 2);
    this.#drive.metric.velocity(momentum, velocity);
    this.evaluations++;
    this.#leaps++;
    const lost = this.#energy - energyOf(state);
    return lost < Infinity ? lost : -Infinity;
  }

  /** Grows a stretch of 2^depth points from a state; false if it must not be used. */
  #grow(
    into: Stretch,
    state: State,
    { depth, step }: { readonly depth: number; readonly step: number },
  ): boolean {
    if (depth === 0) {
      const lost = this.#leap(state, step);
      this.#shares += Math.min(1, Math.exp(lost));
      fillStretch(into, state, lost);
      this.diverged = lost < -LARGEST_ENERGY_ERROR;
      return !this.diverged;
    }
    const half = this.#halves[depth] as Stretch;
    const smaller = { depth: depth - 1, step };
    if (!this.#grow(into, state, smaller)) return false;
    if (!this.#grow(half, state, smaller)) return false;
    const on = goesOn(into, half, this.#scratch);
    const logWeight = logAdd(into.logWeight, half.logWeight);
    const share = Math.exp(half.logWeight - logWeight);
    join(into, half, this.#random.next() < share);
    return on;
  }
}

/** A metric before any is known. */
const STILL: Metric = { velocity: () => {}, draw: () => {} };

function energyOf({ logDensity, momentum, velocity }: State): number {
  return dot(momentum, velocity) / 2 - logDensity;
}
