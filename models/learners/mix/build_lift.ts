/**
 * From an experiment as a person states it to one on scaled spend.
 *
 * @module
 */
import { addDays, type Day, EngineError, suggestName } from "@moe/plugin";
import type { GeoScale } from "./build_problem.ts";
import type { MixGeo, MixPanel } from "./panel.ts";
import type { LiftGeo, LiftProblem } from "./problem.ts";
import type { LiftTestSpec } from "./spec.ts";

/**
 * Scales an experiment.
 *
 * @param lift As stated; without a geography it was run in all, steady spend split
 * like the spend seen.
 * @param data Geographies, and their units.
 * @returns The experiment on scaled spend.
 * @throws {EngineError} `request_invalid` if geography or days are not in the data.
 */
export function buildLift(
  lift: LiftTestSpec,
  { panel, scales }: { panel: MixPanel; scales: readonly GeoScale[] },
): LiftProblem {
  const channel = panel.channels.indexOf(lift.channel);
  const geos = chooseGeos(lift, panel);
  const spentIn = (geo: number) => scales[geo]?.spent[channel] ?? 0;
  const spent = geos.reduce((sum, geo) => sum + spentIn(geo), 0);
  if (!(spent > 0)) throw refused(lift, "its channel has no spend there");
  return {
    channel,
    lift: lift.lift,
    error: lift.standard_error,
    geos: geos.filter((geo) => spentIn(geo) > 0).map((geo): LiftGeo => {
      const scale = scales[geo] as GeoScale;
      const data = panel.geos[geo] as MixGeo;
      const part = { geo, unit: scale.unit };
      if ("from" in lift) return { ...part, ...windowOf(lift, data, panel) };
      const input = data.input[channel] as Float64Array;
      const bought = input.reduce((sum, one) => sum + one, 0) / spent /
        (scale.inputs[channel] as number);
      return {
        ...part,
        kind: "step",
        before: lift.x * bought,
        after: Math.max(0, lift.x + lift.delta_x) * bought,
        periods: lift.periods,
      };
    }),
  };
}

function chooseGeos(lift: LiftTestSpec, { geos }: MixPanel): number[] {
  const names = geos.map(({ name }) => name);
  if (lift.geo === undefined) return names.map((_, at) => at);
  const at = names.indexOf(lift.geo);
  if (at >= 0) return [at];
  const near = suggestName(lift.geo, names);
  throw refused(lift, `there is no geography "${lift.geo}"; ${near}`);
}

function windowOf(
  lift: Extract<LiftTestSpec, { from: Day }>,
  { days }: MixGeo,
  { periodDays }: MixPanel,
) {
  const from = days.findIndex((day) => day >= lift.from);
  const until = days.findIndex((day) => day >= lift.until);
  const end = until < 0 ? days.length : until;
  const last = days.at(-1) as Day;
  const covered = from >= 0 && end > from &&
    lift.from >= (days[0] as Day) && lift.until <= addDays(last, periodDays);
  if (!covered) {
    throw refused(
      lift,
      `${lift.from} to ${lift.until} is not within ${days[0]} to ${last}`,
    );
  }
  return { kind: "window", from, until: end, removed: lift.share } as const;
}

function refused({ channel }: LiftTestSpec, reason: string): EngineError {
  return new EngineError(
    "request_invalid",
    `Cannot use lift test of channel "${channel}": ${reason}`,
  );
}
