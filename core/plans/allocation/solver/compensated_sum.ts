/**
 * Sums of many terms whose rounding does not add up.
 *
 * @see Neumaier (1974), Rundungsfehleranalyse einiger Verfahren zur Summation
 * endlicher Summen
 * @module
 */

/** A running sum that keeps what rounding loses (Neumaier). */
export function createSum(): { add(term: number): void; total(): number } {
  let sum = 0;
  let lost = 0;
  return {
    add(term) {
      const next = sum + term;
      lost += Math.abs(sum) >= Math.abs(term)
        ? (sum - next) + term
        : (term - next) + sum;
      sum = next;
    },
    total: () => sum + lost,
  };
}
