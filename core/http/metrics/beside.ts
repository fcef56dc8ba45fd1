/**
 * What Prometheus reads of versions beside the champions: how many rows they scored, how
 * far they are, and whether they order alike.
 *
 * @module
 */
import { Gauge, type Registry } from "prom-client";

/** How a challenger or shadow compares with the champion. */
export interface ComparedModel {
  /** Whose. */
  readonly tenant: string;
  /** Version in charge, `name@version`. */
  readonly champion: string;
  /** Version that is compared. */
  readonly beside: string;
  /** Its role. */
  readonly alias: string;
  /** Rows that both scored. */
  readonly rows: number;
  /** Rows that it could not score. */
  readonly unscored: number;
  /** Mean of its scores less the champion's. */
  readonly meanDifference: number;
  /** Mean distance of the two. */
  readonly meanDistance: number;
  /** Kendall's tau. */
  readonly rankAgreement: number;
}

const GAUGES = [
  {
    name: "moe_beside_rows",
    help: "Rows that a challenger or shadow scored beside the champion",
    of: "rows",
  },
  {
    name: "moe_beside_unscored_rows",
    help: "Rows of the champion that it could not score",
    of: "unscored",
  },
  {
    name: "moe_beside_mean_difference",
    help: "Mean of its scores less the champion's",
    of: "meanDifference",
  },
  {
    name: "moe_beside_mean_distance",
    help: "Mean distance of its scores from the champion's",
    of: "meanDistance",
  },
  {
    name: "moe_beside_rank_agreement",
    help: "Whether it orders rows as the champion does, from -1 to 1",
    of: "rankAgreement",
  },
] as const;

/**
 * Makes the metrics of versions beside the champions.
 *
 * @param registry Where they are printed.
 * @param scored What is asked when they are.
 */
export function registerComparisons(
  registry: Registry,
  scored: { compared(): readonly ComparedModel[] },
): void {
  for (const { name, help, of } of GAUGES) {
    new Gauge({
      name,
      help,
      labelNames: ["tenant", "champion", "beside", "alias"],
      registers: [registry],
      collect() {
        this.reset();
        for (const pair of scored.compared()) {
          const { tenant, champion, beside, alias } = pair;
          if (Number.isNaN(pair[of])) continue;
          this.labels(tenant, champion, beside, alias).set(pair[of]);
        }
      },
    });
  }
}
