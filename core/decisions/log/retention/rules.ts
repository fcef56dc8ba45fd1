/**
 * Rules of retention: what is kept of whom for how long.
 *
 * @module
 */

/**
 * What is kept for how long: `decisions` with their outcomes; `acts` of people and
 * services, without what is told of changes; `checkpoints` beside the last of each day;
 * and the answers that are given again under an idempotency key.
 */
export const RETENTION_PURPOSES = [
  "decisions",
  "acts",
  "checkpoints",
  "idempotency",
] as const;

/** One of the things that are kept for a time. */
export type RetentionPurpose = (typeof RETENTION_PURPOSES)[number];

/** For how long something is kept. */
export interface RetentionRule {
  /** Whose; `*` for everybody without a rule of their own, and for the deployment. */
  readonly tenant: string;
  readonly purpose: RetentionPurpose;
  readonly days: number;
}

/** Answers under keys are kept for so long where no rule says otherwise. */
export const ANSWER_DAYS = 7;

/** For how many days something of an owner is kept; null for ever. */
export function daysOf(
  rules: readonly RetentionRule[],
  owner: string,
  purpose: RetentionPurpose,
): number | null {
  const fit = rules.filter((rule) => rule.purpose === purpose);
  const own = fit.find((rule) => rule.tenant === owner) ??
    fit.find((rule) => rule.tenant === "*");
  return own?.days ?? (purpose === "idempotency" ? ANSWER_DAYS : null);
}
