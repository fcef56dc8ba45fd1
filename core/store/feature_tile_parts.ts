/**
 * Parts as tiles keep them: added up into a tile, read back from it, of a signal beside
 * it, and put together again.
 *
 * @module
 */
import { DISTINCT_KEPT } from "../domain/distinct.ts";
import { type FeatureView, spanMs } from "../domain/feature.ts";
import { hashSql, numberSql, scalarSql } from "./feature_fields.ts";
import { featureSql, type Part } from "./feature_parts.ts";
import {
  ageSql,
  fadedSql,
  filtered,
  halfLifeSql,
  latestFirst,
  partSql,
  type Signals,
  typesSql,
} from "./feature_signals.ts";
import { startStatement } from "./statement.ts";

/** Length of a view's tiles in milliseconds. */
export function tileMs({ tiles }: FeatureView): number {
  return spanMs(tiles === "hour" ? "1h" : "1d");
}

/** What a tile holds, in order: each part of a feature once, whatever its windows. */
export function tilePartsOf(view: FeatureView): readonly Part[] {
  const parts = new Map<string, Part>();
  const note = (part: Part) => {
    parts.set(JSON.stringify(part), part);
    return "";
  };
  note({ what: "count", filters: [] });
  note({ what: "first", filters: [] });
  for (const feature of view.features) {
    featureSql(feature, note, startStatement());
  }
  return [...parts.values()];
}

/** A part as a tile keeps it, as JSON: what {@link tileSql} reads back. */
export function partialSql(
  signals: Signals,
  part: Part,
  tileEnd: string,
): string {
  const passing = {
    conditions: [],
    latestSince: () => null,
    fadedTo: () => tileEnd,
  };
  switch (part.what) {
    case "hashes":
      return `array_to_string((${
        partSql(signals, part, passing)
      })[1:${DISTINCT_KEPT}], ',')`;
    case "last": {
      const { grain, read } = signals;
      const placed = placedSql(signals, part);
      const order = latestFirst(
        read(grain.time),
        read("s.source"),
        read(grain.key),
      );
      return `(${
        filtered(`array_agg(${placed.json} order by ${order})`, [
          placed.filled,
          ...typesSql(signals, part),
        ])
      })[1]`;
    }
    default:
      return partSql(signals, part, passing);
  }
}

/** A value with what orders it among others. */
function placedSql(
  { grain, read, statement, view }: Signals,
  part: Part & { what: "last" },
): { readonly json: string; readonly filled: string } {
  const value = read(scalarSql(view, part.of, statement));
  return {
    json: `jsonb_build_array(${grain.moment(read(grain.time))}, ${
      read("s.source")
    }, ${read(grain.key)}, ${value})`,
    filled: `${value} is not null`,
  };
}

const TYPES = {
  count: "int8",
  filled: "int8",
  first: "timestamptz",
  sum: "numeric",
  min: "numeric",
  max: "numeric",
  faded: "float8",
  hashes: "text",
} as const;

/** A part read back from a tile, named `t`; numbers that faded until its end fade on. */
export function tileSql(
  part: Part,
  place: number,
  fading: { readonly from: string; to(): string },
): string {
  if (part.what === "last") return `nullif(t.partials -> ${place}, 'null')`;
  const kept = `(t.partials ->> ${place})::${TYPES[part.what]}`;
  if (part.what !== "faded") return kept;
  const age = ageSql(fading.to(), fading.from);
  return fadedSql(kept, `(${age} / ${halfLifeSql(part.halfLifeMs)})`);
}

/** A part of a single signal, of the type of {@link tileSql}; numbers faded to a moment. */
export function signalSql(
  signals: Signals,
  part: Part,
  end: () => string,
): string {
  const { grain, read, statement, view } = signals;
  const passing = typesSql(signals, part);
  const when = (value: string, conditions = passing) =>
    conditions.length === 0
      ? value
      : `case when ${conditions.join(" and ")} then ${value} end`;
  switch (part.what) {
    case "count":
      return when("1::int8");
    case "first":
      return when(grain.moment(read(grain.time)));
    case "last": {
      const { json, filled } = placedSql(signals, part);
      return when(json, [...passing, filled]);
    }
    case "hashes":
      return when(`${read(hashSql(view, part.of, statement))}::text`);
    case "faded": {
      const age = ageSql(end(), grain.moment(read(grain.time)));
      const number = part.of === "count"
        ? "1"
        : read(numberSql(view, part.of, statement));
      return when(
        fadedSql(
          `${number}::float8`,
          `(${age} / ${halfLifeSql(part.halfLifeMs)})`,
        ),
      );
    }
    case "filled":
      return when("1::int8", [
        ...passing,
        `${read(numberSql(view, part.of, statement))} is not null`,
      ]);
    default:
      return when(`${read(numberSql(view, part.of, statement))}::numeric`);
  }
}

/** A part put together from a column of tiles and signals, of those inside a window. */
export function combinedSql(
  part: Part,
  column: string,
  inside: string,
): string {
  const over = (aggregate: string) => filtered(aggregate, [inside]);
  switch (part.what) {
    case "count":
    case "filled":
      return `coalesce(${over(`sum(${column})`)}, 0)::int8`;
    case "first":
      return over(`min(${column})`);
    case "faded":
      return over(`sum(${column})`);
    case "last": {
      const order = latestFirst(
        `(${column} ->> 0)::timestamptz`,
        `(${column} ->> 1)`,
        `(${column} ->> 2)`,
      );
      return `((${
        filtered(`array_agg(${column} order by ${order})`, [
          inside,
          `${column} is not null`,
        ])
      })[1] -> 3)`;
    }
    case "hashes":
      return `(select array_agg(distinct h order by h) from unnest(string_to_array(${
        over(`string_agg(${column}, ',')`)
      }, ',')::int8[]) h)`;
    default:
      return over(`${part.what}(${column})`);
  }
}
