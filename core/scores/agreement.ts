/**
 * How two versions agree on the same rows, in constant memory.
 *
 * @module
 */
import type { RowScores } from "./session.ts";

/** What two versions said of the same rows. */
export interface Agreement {
  readonly rows: number;
  /** Mean of the second less the first. */
  readonly meanDifference: number;
  /** Mean of the distance. */
  readonly meanDistance: number;
  /**
   * Of neighbouring rows that neither version ties, those that both order alike less
   * those that they order otherwise, as a share: Kendall's tau. NaN without such rows.
   */
  readonly rankAgreement: number;
}

/** Counts. */
export interface AgreementCounter {
  /** Adds rows, both of shape [rows]. */
  add(first: RowScores, second: RowScores): void;
  readonly agreement: Agreement;
}

/** Starts at nothing. */
export function countAgreement(): AgreementCounter {
  let rows = 0;
  let difference = 0;
  let distance = 0;
  let alike = 0;
  let ordered = 0;
  let last: readonly [number, number] | null = null;
  return {
    add: (first, second) => {
      for (let row = 0; row < first.length; row++) {
        const one = first[row] ?? NaN;
        const other = second[row] ?? NaN;
        if (!Number.isFinite(one) || !Number.isFinite(other)) continue;
        rows++;
        difference += other - one;
        distance += Math.abs(other - one);
        if (last !== null) {
          const order = Math.sign(one - last[0]) * Math.sign(other - last[1]);
          alike += order;
          ordered += Math.abs(order);
        }
        last = [one, other];
      }
    },
    get agreement() {
      return {
        rows,
        meanDifference: difference / rows,
        meanDistance: distance / rows,
        rankAgreement: alike / ordered,
      };
    },
  };
}
