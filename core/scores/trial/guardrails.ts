/**
 * When a model on trial has gone ill: it owes answers, says the same of everybody, is
 * slow, is denied what the one in charge is not, or spends more.
 *
 * @module
 */
import {
  isMeanAbove,
  isShareAbove,
  leastShare,
} from "../../domain/clear_share.ts";
import type {
  ArmCounts,
  TrialCounts,
  TrialGuardrails,
} from "../../domain/model_trial.ts";

/** Fewer answers that are owed show nothing. */
const LEAST_ASKED = 50;
/** Fewer decisions, scores or rows show nothing. */
const LEAST_SEEN = 200;

/**
 * Looks for a breach.
 *
 * @returns Why, for a person; null while all is as it may be, or too little was seen.
 */
export function findTrialBreach(
  limits: TrialGuardrails,
  { champion, challenger }: TrialCounts,
): string | null {
  return findUnscored(limits, challenger, champion) ??
    findConstant(challenger, champion) ??
    findSlow(limits, challenger, champion) ??
    findDenied(limits, challenger, champion) ??
    findSpend(limits, challenger, champion);
}

function findUnscored(
  { unscoredPermille }: TrialGuardrails,
  challenger: ArmCounts,
  champion: ArmCounts,
): string | null {
  const [one, other] = [challenger, champion].map(({ unscored, asked }) => ({
    count: unscored,
    of: asked,
  })) as [Counted, Counted];
  const most = unscoredPermille / 1000;
  const isAbove = other.of === 0
    ? one.of > 0 && leastShare(one) > most
    : isShareAbove(one, other, most);
  return one.of >= LEAST_ASKED && isAbove
    ? `it owes ${print(one)} of its answers`
    : null;
}

function findConstant(
  { rows, low, high }: ArmCounts,
  champion: ArmCounts,
): string | null {
  const varies = champion.rows === 0 || champion.low !== champion.high;
  return rows >= LEAST_SEEN && low === high && varies
    ? `it says ${low} of all of ${rows} rows`
    : null;
}

function findSlow(
  { slowMs, slowPermille }: TrialGuardrails,
  challenger: ArmCounts,
  champion: ArmCounts,
): string | null {
  const [one, other] = [challenger, champion].map(({ slow, timed }) => ({
    count: slow,
    of: timed,
  })) as [Counted, Counted];
  return one.of >= LEAST_SEEN && isShareAbove(one, other, slowPermille / 1000)
    ? `${print(one)} of its answers take ${slowMs} ms, and ${
      print(other)
    } of those in charge`
    : null;
}

function findDenied(
  { deniedPermille }: TrialGuardrails,
  challenger: ArmCounts,
  champion: ArmCounts,
): string | null {
  const [one, other] = [challenger, champion].map(({ denied, decisions }) => ({
    count: denied,
    of: decisions,
  })) as [Counted, Counted];
  return one.of >= LEAST_SEEN && isShareAbove(one, other, deniedPermille / 1000)
    ? `policies deny ${print(one)} of its decisions, and ${
      print(other)
    } of those in charge`
    : null;
}

function findSpend(
  { spendPermille }: TrialGuardrails,
  challenger: ArmCounts,
  champion: ArmCounts,
): string | null {
  const [one, other] = [challenger, champion].map((arm) => ({
    of: arm.decisions,
    sum: arm.spend,
    squares: arm.spendSquares,
  })) as [Summed, Summed];
  return one.of >= LEAST_SEEN && isMeanAbove(one, other, spendPermille / 1000)
    ? `a decision of it costs ${Math.round(one.sum / one.of)} micros, and ${
      Math.round(other.sum / other.of)
    } of that in charge`
    : null;
}

type Counted = Parameters<typeof isShareAbove>[0];
type Summed = Parameters<typeof isMeanAbove>[0];

function print({ count, of }: Counted): string {
  return `${(100 * count / of).toFixed(1)} %`;
}
