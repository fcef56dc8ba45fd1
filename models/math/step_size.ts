/**
 * Finds the step at which a sampler accepts as often as it should, by dual averaging.
 *
 * @see Hoffman and Gelman (2014), The No-U-Turn Sampler, 3.2
 * @module
 */

/** Adapts a step size. */
export interface StepSize {
  /** The step to use now. */
  now(): number;
  /** Learns from the share, [0, 1], that the last trajectory accepted. */
  learn(accepted: number): void;
  /** The step that all steps since the last start average to. */
  settled(): number;
  /** Forgets, and starts from a step. */
  restart(step: number): void;
}

const GAMMA = 0.05;
const KAPPA = 0.75;
const DELAY = 10;

/** Starts to adapt a step size to a share accepted, such as 0.8. */
export function adaptStepSize(accept: number): StepSize {
  let centre = 0;
  let error = 0;
  let log = 0;
  let settledLog = 0;
  let count = 0;
  return {
    now: () => Math.exp(log),
    settled: () => Math.exp(count > 0 ? settledLog : log),
    learn(accepted) {
      count++;
      const share = 1 / (count + DELAY);
      error = (1 - share) * error + share * (accept - accepted);
      log = centre - error * Math.sqrt(count) / GAMMA;
      const weight = count ** -KAPPA;
      settledLog = (1 - weight) * settledLog + weight * log;
    },
    restart(step) {
      log = Math.log(step);
      centre = Math.log(10 * step);
      error = 0;
      settledLog = 0;
      count = 0;
    },
  };
}
