/**
 * A metric with its values, in the one form that all prints of metrics are made from.
 *
 * @module
 */

/** A trace that shows what a value stands for. */
export interface Exemplar {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** The value itself. */
  readonly value: number;
  /** Seconds since 1970. */
  readonly atSeconds: number;
}

/** One value. */
export interface Sample {
  /** What follows the metric's name. */
  readonly suffix: "" | "_bucket" | "_sum" | "_count";
  /** Labels of its series, a bucket's bound as `le` among them. */
  readonly labels: Readonly<Record<string, string>>;
  /** The value itself; of a bucket, with all below it. */
  readonly value: number;
  /** The trace that shows what it stands for. */
  readonly exemplar?: Exemplar;
}

/** A metric with its values. */
export interface Family {
  /** Name, with the unit in it. */
  readonly name: string;
  /** What it is, in a sentence. */
  readonly help: string;
  /** How its values move. */
  readonly type: "counter" | "gauge" | "histogram";
  /** Its values. */
  readonly samples: readonly Sample[];
}

/** A metric as prom-client tells it. */
export interface ToldMetric {
  readonly name: string;
  readonly help: string;
  readonly type: unknown;
  readonly values: readonly {
    readonly value: number;
    readonly labels: Readonly<Record<string, unknown>>;
    readonly metricName?: string;
  }[];
}

/** Most series of a metric: room for every route, method and class of status. */
const MOST_SERIES = 1000;

const LEFT_OUT = {
  name: "moe_metric_series_left_out",
  help: "Series of a metric that are not told, as there are too many",
  type: "gauge",
} as const;

/**
 * Brings metrics into one form, with so many series of each at most: what is beyond is left
 * out, and how much that is has a metric of its own.
 *
 * @param told As prom-client tells them.
 * @param exemplarOf The trace that shows what a value stands for, if there is one.
 * @param most Most series of a metric.
 * @returns The metrics.
 */
export function familiesOf(
  told: readonly ToldMetric[],
  exemplarOf: (name: string, sample: Sample) => Exemplar | null = () => null,
  most = MOST_SERIES,
): readonly Family[] {
  const leftOut: Sample[] = [];
  const families = told.map((metric) => {
    const { values, left } = within(metric, most);
    if (left > 0) {
      const labels = { metric: metric.name };
      leftOut.push({ suffix: "", labels, value: left });
    }
    return familyOf({ ...metric, values }, exemplarOf);
  });
  return [...families, { ...LEFT_OUT, samples: leftOut }];
}

function familyOf(
  { name, help, type, values }: ToldMetric,
  exemplarOf: (name: string, sample: Sample) => Exemplar | null,
): Family {
  const samples = values.map(({ value, labels, metricName = name }) => {
    const sample: Sample = {
      suffix: metricName.slice(name.length) as Sample["suffix"],
      labels: Object.fromEntries(
        Object.entries(labels).map(([label, text]) => [label, String(text)]),
      ),
      value,
    };
    const exemplar = exemplarOf(name, sample);
    return exemplar === null ? sample : { ...sample, exemplar };
  });
  return { name, help, type: typeOf(type), samples };
}

function typeOf(type: unknown): Family["type"] {
  return type === "counter" || type === "histogram" ? type : "gauge";
}

type Told = ToldMetric["values"];

/** What is told of a metric, and how many series are not. */
function within(
  { type, values }: ToldMetric,
  most: number,
): { readonly values: Told; readonly left: number } {
  if (values.length <= most) return { values, left: 0 };
  if (type !== "histogram") {
    return { values: values.slice(0, most), left: values.length - most };
  }
  const kept = new Set<string>();
  const left = new Set<string>();
  const told = values.filter(({ labels: { le: _le, ...series } }) => {
    const key = JSON.stringify(series);
    if (kept.size < most) kept.add(key);
    const isKept = kept.has(key);
    if (!isKept) left.add(key);
    return isKept;
  });
  return { values: told, left: left.size };
}
