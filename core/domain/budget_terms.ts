/**
 * Whether what is asked of a budget can be kept.
 *
 * @module
 */
import type { BudgetTerms } from "./budget.ts";
import { DAY_MS, isZone } from "./day.ts";
import { EngineError } from "./error.ts";
import { isCurrency } from "./money.ts";

const BUDGET_ID = /^[A-Za-z][A-Za-z0-9_-]{0,99}$/;
const LEAST_LIFE_SECONDS = 60;
/** Pacing looks at each day that is left. */
const MOST_DAYS = 732;

/** What is wrong, and at which field of the wire. */
type Wrong = readonly [field: string, reason: string];

/**
 * Checks terms.
 *
 * @param terms What is asked.
 * @throws {EngineError} `request_invalid`, naming the field and what is wrong with it.
 */
export function checkTerms(terms: BudgetTerms): void {
  const wrong = wrongFlight(terms) ?? wrongPayment(terms) ??
    wrongBounds(terms) ?? wrongTarget(terms);
  if (wrong === null) return;
  const [field, reason] = wrong;
  throw new EngineError(
    "request_invalid",
    `Cannot keep budget "${terms.id}": ${reason}`,
    { facts: { budget: terms.id, field } },
  );
}

function wrongFlight(
  { id, from, until, zone, notices, paysFor }: BudgetTerms,
): Wrong | null {
  if (!BUDGET_ID.test(id)) {
    return ["id", "an id is a letter, then letters, digits, _ and -"];
  }
  const days = (Date.parse(until) - Date.parse(from)) / DAY_MS;
  if (!(days > 0)) return ["until", "it must begin before it ends"];
  if (days > MOST_DAYS) {
    return ["until", `its flight takes ${MOST_DAYS} days at most`];
  }
  if (!isZone(zone)) return ["zone", "its zone is unknown"];
  if (paysFor.length === 0) return ["pays_for", "it must pay for something"];
  return notices.lifeSeconds >= LEAST_LIFE_SECONDS ? null : [
    "notices.life_seconds",
    "a bid lives for a minute at least, as its decision does",
  ];
}

function wrongPayment(
  { currency, capMicros, dayCapMicros, startMultiplier }: BudgetTerms,
): Wrong | null {
  if (!isCurrency(currency)) {
    return ["currency", "its currency is three capital letters"];
  }
  const cap = "a cap is whole micros, at least 0 and a safe integer";
  if (!isMicros(capMicros)) return ["cap_micros", cap];
  if (!isMicros(dayCapMicros ?? 0)) return ["day_cap_micros", cap];
  return startMultiplier === null || isPositive(startMultiplier)
    ? null
    : ["start_multiplier", "a multiplier to begin with is above 0"];
}

function wrongBounds({ bids, bidsOf }: BudgetTerms): Wrong | null {
  const all = Object.entries(bidsOf).map(([key, bounds]) =>
    [`bids_of.${key}`, bounds] as const
  );
  for (const [field, bounds] of [["bids", bids] as const, ...all]) {
    const { leastMicros, mostMicros } = bounds;
    const ordered = isMicros(leastMicros) && isMicros(mostMicros) &&
      leastMicros <= mostMicros && mostMicros <= bids.mostMicros;
    if (!ordered || mostMicros === 0) {
      return [
        field,
        "the most that is bid is above 0, at least the least, and for no entity above that of all",
      ];
    }
  }
  return null;
}

function wrongTarget({ target, objective }: BudgetTerms): Wrong | null {
  if (target === null) return null;
  if (target.kind === "cpa" && objective !== "outcomes") {
    const reason = 'a cost per outcome is held where objective is "outcomes"';
    return ["target", reason];
  }
  if (target.kind === "roas" && objective === "outcomes") {
    const reason =
      "a return on spend is held where money is counted, not outcomes";
    return ["target", reason];
  }
  const numbers = target.kind === "cpa"
    ? [target.costMicros, target.withinHours]
    : [target.returnPermille, target.outcomeValueMicros, target.withinHours];
  return numbers.every(isPositive)
    ? null
    : ["target", "numbers of a target are above 0"];
}

function isMicros(micros: number): boolean {
  return Number.isSafeInteger(micros) && micros >= 0;
}

function isPositive(number: number): boolean {
  return number > 0 && number < Infinity;
}
