/**
 * Series of the engine as the panel that a media mix is learnt from.
 *
 * A dataset is a geography; entities of one parent share a channel, so that what is
 * learnt of one informs the others. Rates a day stay rates a day: returns and shares
 * are the same in them.
 *
 * @module
 */
import { EngineError, type EntityKey, type SeriesDataset } from "@moe/plugin";
import type { MixPanel } from "../learners/mix/panel.ts";

/** Where an entity's spend lies in a panel. */
export interface SpendPlace {
  readonly geo: number;
  readonly channel: number;
}

/** Which series a panel has, settled by what is learnt from. */
export interface PanelPlan {
  /** Names of channels. */
  readonly channels: readonly string[];
  /** Place of each entity that ever spent. */
  readonly places: ReadonlyMap<EntityKey, SpendPlace>;
  /** Typical value of each control. */
  readonly controls: Readonly<Record<string, number>>;
}

const FEWEST_PERIODS = 12;

/**
 * Plans a panel.
 *
 * @param datasets What to learn from.
 * @returns Channels, places, controls.
 * @throws {EngineError} `dataset_invalid` if nothing was spent, or periods are few.
 */
export function planPanel(datasets: readonly SeriesDataset[]): PanelPlan {
  const channels: string[] = [];
  const places = new Map<EntityKey, SpendPlace>();
  datasets.forEach(({ spend, days, outcome }, geo) => {
    const known = outcome.filter(Number.isFinite).length;
    if (known < FEWEST_PERIODS) {
      throw unfit(
        `the outcome is known in ${known} of ${days.length} periods and ${FEWEST_PERIODS} are the fewest; give a longer range`,
      );
    }
    const taken = new Map<string, number>();
    for (const { entity, parent, series } of spend) {
      if (!series.some((micros) => micros > 0)) continue;
      const kind = datasets.length === 1 ? entity : parent ?? "spend";
      const number = taken.get(kind) ?? 0;
      taken.set(kind, number + 1);
      const name = number === 0 ? kind : `${kind} ${number + 1}`;
      if (!channels.includes(name)) channels.push(name);
      places.set(entity, { geo, channel: channels.indexOf(name) });
    }
  });
  if (channels.length === 0) throw unfit("no entity has any spend");
  const names = new Set(
    datasets.flatMap(({ controls }) => Object.keys(controls)),
  );
  return {
    channels,
    places,
    controls: Object.fromEntries(
      [...names].sort().map((name) => [name, typical(datasets, name)]),
    ),
  };
}

/**
 * Arranges datasets.
 *
 * @param plan Channels, places, controls.
 * @param datasets As planned, or later ones of the same entities, in the same order;
 * a control that one lacks counts as typical.
 * @returns The panel.
 */
export function toPanel(
  plan: PanelPlan,
  datasets: readonly SeriesDataset[],
): MixPanel {
  const controls = Object.entries(plan.controls);
  return {
    periodDays: datasets[0]?.periodDays ?? 1,
    channels: plan.channels,
    controls: controls.map(([name]) => name),
    geos: datasets.map((dataset, geo) => {
      const { days, outcome } = dataset;
      const spend = plan.channels.map((_, channel) =>
        spendAt(plan, dataset, { geo, channel })
      );
      return {
        name: `${geo}`,
        days,
        rows: days.map((_, row) => row),
        outcome,
        spend,
        input: spend,
        controls: controls.map(([name, usual]) =>
          fill(dataset.controls[name], days.length, usual)
        ),
      };
    }),
  };
}

function spendAt(
  { places }: PanelPlan,
  { spend, days }: SeriesDataset,
  { geo, channel }: SpendPlace,
): Float64Array {
  const own = spend.find(({ entity }) => {
    const place = places.get(entity);
    return place?.geo === geo && place.channel === channel;
  });
  return own ? tidy(own.series) : new Float64Array(days.length);
}

/**
 * Spend without gaps and refunds.
 *
 * @param series Micros a day.
 * @returns At least 0 each.
 */
export function tidy(series: Float64Array): Float64Array {
  return series.map((micros) => micros > 0 && micros < Infinity ? micros : 0);
}

function typical(datasets: readonly SeriesDataset[], name: string): number {
  const known = datasets.flatMap(({ controls }) => [...controls[name] ?? []])
    .filter(Number.isFinite);
  return known.reduce((sum, value) => sum + value, 0) /
    Math.max(1, known.length);
}

function fill(
  control: Float64Array | undefined,
  periods: number,
  usual: number,
): Float64Array {
  return (control ?? new Float64Array(periods).fill(NaN))
    .map((value) => Number.isFinite(value) ? value : usual);
}

function unfit(reason: string): EngineError {
  return new EngineError("dataset_invalid", `Cannot fit media mix: ${reason}`);
}
