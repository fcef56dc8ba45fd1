/**
 * What Prometheus reads of the trust in features and sources: how served vectors
 * compared with the signals, which views are held back, and which sources are not as
 * usual.
 *
 * @module
 */
import { Gauge, type Registry } from "prom-client";

/** How a view was served in the last days. */
export interface ViewServed {
  /** Whose. */
  readonly tenant: string;
  /** Its name. */
  readonly name: string;
  /** Its version. */
  readonly version: number;
  /** Served vectors that were derived again. */
  readonly checked: number;
  /** Those that differ. */
  readonly mismatched: number;
  /** At least that share differs, at 95 percent. */
  readonly lower: number;
  /** At most that share differs, at 95 percent. */
  readonly upper: number;
}

/** What is asked of the engine when its metrics are printed. */
export interface Trusted {
  /** How the views of all tenants were served. */
  everyConsistency(): Promise<readonly ViewServed[]>;
  /** Versions of views that this node holds back, `name@version`. */
  heldBack(): readonly { readonly tenant: string; readonly view: string }[];
  /** What this node found of sources; nothing where another node looks. */
  findings(): readonly {
    readonly tenant: string;
    readonly source: string;
    readonly connector: string;
    readonly what: string;
  }[];
}

const VIEW = ["tenant", "view"];
const GAUGES = [
  {
    name: "moe_feature_checks",
    help: "Served feature vectors of seven days that were derived again",
    labelNames: VIEW,
  },
  {
    name: "moe_feature_mismatches",
    help: "Of those, the ones that differ from the signals",
    labelNames: VIEW,
  },
  {
    name: "moe_feature_mismatch_lower_ratio",
    help: "At least that share of served vectors differs, at 95 percent",
    labelNames: VIEW,
  },
  {
    name: "moe_feature_mismatch_upper_ratio",
    help: "At most that share of served vectors differs, at 95 percent",
    labelNames: VIEW,
  },
  {
    name: "moe_feature_view_held_back",
    help:
      "1 for a view that is not put online, as its values are not as expected",
    labelNames: VIEW,
  },
  {
    name: "moe_source_findings",
    help:
      "What is not as usual of a source: silent, or a unit; told by the node that looks",
    labelNames: ["tenant", "source", "connector", "what"],
  },
] as const;

type Name = (typeof GAUGES)[number]["name"];

/**
 * Makes the metrics of trust.
 *
 * @param registry Where they are printed.
 * @returns What renews them, to be called before they are printed.
 */
export function registerTrust(
  registry: Registry,
): (trusted: Trusted) => Promise<void> {
  const registers = [registry];
  const gauges = new Map(
    GAUGES.map(({ name, help, labelNames }) => [
      name,
      new Gauge({ name, help, labelNames: [...labelNames], registers }),
    ]),
  );
  const gauge = (name: Name, labels: readonly string[]) =>
    gauges.get(name)?.labels(...labels);
  return async (trusted) => {
    const views = await trusted.everyConsistency().catch(() => []);
    for (const one of gauges.values()) one.reset();
    for (const { tenant, name, version, ...served } of views) {
      const labels = [tenant, `${name}@${version}`];
      gauge("moe_feature_checks", labels)?.set(served.checked);
      gauge("moe_feature_mismatches", labels)?.set(served.mismatched);
      gauge("moe_feature_mismatch_lower_ratio", labels)?.set(served.lower);
      gauge("moe_feature_mismatch_upper_ratio", labels)?.set(served.upper);
    }
    for (const { tenant, view } of trusted.heldBack()) {
      gauge("moe_feature_view_held_back", [tenant, view])?.set(1);
    }
    for (const { tenant, source, connector, what } of trusted.findings()) {
      const labels = [tenant, source, connector, what];
      gauge("moe_source_findings", labels)?.inc();
    }
  };
}
