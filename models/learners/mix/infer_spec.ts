/**
 * A specification from a table's header, for a first look: what each column seems to
 * be by its name.
 *
 * @module
 */
import { EngineError } from "@moe/plugin";

/** A guess, and the columns that it has no use for. */
export interface InferredSpec {
  /** As a person would write it. */
  readonly spec: Readonly<Record<string, unknown>>;
  readonly ignored: readonly string[];
}

const DAY = /^\d{4}[-/]\d{2}[-/]\d{2}/;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const TARGETS = [
  /^y$/i,
  /^(total_)?(revenue|sales)(_|$)/i,
  /^(target|outcome|kpi)$/i,
  /revenue|sales/i,
  /^(conversions|orders|purchases|signups|leads)$/i,
];
const GEO = /^(geo|region|state|market|dma|country|city|store|group)/i;
const DERIVED = /effect|contribution|adstock|saturat|fitted|pred|residual/i;
const SPEND = /(^|_)(spend|cost|budget)(_|$)|_s$|^x\d+([_-]|$)/i;
const EVENT = /^(event|holiday|promo)/i;
const CONTROL =
  /^(c\d+|control.*|price.*|discount.*|competitor.*|temperature.*|weather.*|stock.*)$/i;

/**
 * Guesses.
 *
 * @param header Names of the columns.
 * @param first Texts of the first row.
 * @returns The guess; what is derived from an outcome is never a control.
 * @throws {EngineError} `request_invalid`, saying which role no column seems to have.
 */
export function inferMixSpec(
  header: readonly string[],
  first: readonly string[],
): InferredSpec {
  const text = (name: string) => first[header.indexOf(name)] ?? "";
  const numeric = header.filter((name) =>
    NUMBER.test(text(name)) && !DERIVED.test(name)
  );
  const date = header.find((name) => DAY.test(text(name)));
  const target = TARGETS.map((pattern) =>
    numeric.find((name) => pattern.test(name))
  ).find((name) => name !== undefined);
  const geo = header.find((name) =>
    GEO.test(name) && text(name) !== "" && !numeric.includes(name) &&
    name !== date
  );
  const rest = numeric.filter((name) => name !== target);
  const channels = rest.filter((name) => SPEND.test(name));
  const missing = date === undefined
    ? "a date column (YYYY-MM-DD)"
    : target === undefined
    ? "the target (y, sales, revenue, …)"
    : channels.length === 0
    ? "columns of spend (…_spend, …_cost, …_S, x1, …)"
    : null;
  if (missing !== null) {
    throw new EngineError(
      "request_invalid",
      `Cannot infer media mix specification: no column looks like ${missing}; give --spec`,
    );
  }
  const events = rest.filter((name) =>
    EVENT.test(name) && !channels.includes(name)
  );
  const controls = rest.filter((name) =>
    CONTROL.test(name) && !channels.includes(name)
  );
  const used = [date, target, geo, ...channels, ...events, ...controls];
  return {
    spec: {
      date,
      target,
      ...geo === undefined ? {} : { geo },
      channels,
      ...controls.length === 0 ? {} : { controls },
      ...events.length === 0 ? {} : { events },
    },
    ignored: header.filter((name) => !used.includes(name)),
  };
}
