/**
 * Shading by the landscape that a bid's use names: the champion of that name says what
 * bids win, in the context of this request. A landscape that is absent or fails costs
 * the shading and nothing more: the worth itself is bid, and the answer says why.
 *
 * Its features are read together with those of the bidding model, in the versions that
 * this one was trained on.
 *
 * @module
 */
import type { Shading } from "../domain/decision.ts";
import { EngineError } from "../domain/error.ts";
import type { FeatureReadings } from "../domain/feature.ts";
import type { Currency } from "../domain/money.ts";
import {
  type ModelRecord,
  parseModelRef,
  printModelRef,
} from "../domain/score.ts";
import type { Soon } from "../domain/soon.ts";
import type { Scorer } from "../scores/scorer.ts";
import type { Scores } from "../scores/scores.ts";
import type { Asking } from "./ladder.ts";
import { isRefused, worthOf } from "./paced.ts";
import type { Scored } from "./score_candidates.ts";
import type { WinCurve } from "./pacing/worth.ts";
import { curveByModel, shadeByModel } from "./shade.ts";

/** The bid among a landscape's inputs, where its parameters name none. */
const BID_INPUT = "bid_micros";

/** Part of the time that is waited for who is in charge now, where it is known who was. */
const CONFIRM_SHARE = 0.5;

/** The landscape of a model, or why there is none. */
export interface Landscape {
  /** `name@version`; the name alone where it cannot be asked. */
  readonly name: string;
  readonly scorer: Scorer | null;
  /** Code of what went wrong; empty if nothing did. */
  readonly cause: string;
}

/** Who asks for landscapes. */
type AskingLandscape = Omit<Asking, "scores"> & {
  readonly scores: Pick<Scores, "champion">;
};

/** Finds the landscape that a model's use names; null if it names none. */
export function findLandscape(
  asking: AskingLandscape,
  model: Scorer | undefined,
): Promise<Landscape> | null {
  const use = model?.record.use;
  return use?.kind !== "bid" || use.landscape === undefined
    ? null
    : openLandscape(asking, use.landscape, use.currency);
}

async function openLandscape(
  { scores, tenant, deadline }: AskingLandscape,
  name: string,
  currency: Currency,
): Promise<Landscape> {
  try {
    const { champion } = await deadline.within(
      scores.champion(tenant, name, deadline.part(CONFIRM_SHARE)),
    );
    const fits = champion.record.use.kind === "win" &&
      champion.record.use.currency === currency;
    if (!fits) return { name, scorer: null, cause: "no_landscape" };
    return {
      name: printModelRef(champion.record),
      scorer: {
        ...champion,
        score: (rows) => deadline.within(champion.score(rows)),
      },
      cause: "",
    };
  } catch (error) {
    return { name, scorer: null, cause: codeOf(error) };
  }
}

/** Finds the landscape that shaded a recorded bid; what failed then fails again. */
export async function findRecorded(
  scores: Pick<Scores, "version">,
  tenant: string,
  { landscape: name, outcome }: Shading,
): Promise<Landscape> {
  if (!name.includes("@")) return { name, scorer: null, cause: outcome };
  const scorer = await scores.version(tenant, parseModelRef(name));
  return { name, scorer, cause: "" };
}

/**
 * Shades what a model proposes to bid.
 *
 * @returns The scores with their shading; as they were without a landscape.
 */
export function withShading(
  scored: Scored | null,
  landscape: Landscape | null,
  readings: FeatureReadings,
): Soon<Scored | null> {
  if (scored?.use.kind !== "bid" || landscape === null) return scored;
  if (isRefused(scored)) return scored;
  return shade(worthOf(scored), landscape, readings)
    .then((shading) => ({ ...scored, shading }));
}

/**
 * What a landscape says that bids win, up to a worth; null where it cannot be asked.
 *
 * @throws {EngineError} `model_unavailable` if it cannot be run.
 */
export async function curveUpTo(
  worthMicros: number,
  { scorer }: Landscape,
  readings: FeatureReadings,
): Promise<WinCurve | null> {
  if (scorer === null || !(worthMicros >= 1)) return null;
  const asked = askedOf(scorer, readings);
  return asked && await curveByModel(scorer, { worthMicros, ...asked });
}

/** Values of a landscape's inputs, and the place of the bid; null if it takes none. */
function askedOf(scorer: Scorer, readings: FeatureReadings) {
  const { inputs } = scorer.record.schema;
  const bid = bidInputOf(scorer.record);
  const bidPlace = inputs.findIndex(({ name }) =>
    name === bid || name.endsWith(`.${bid}`)
  );
  const values = inputs.map((input) => readings[input.name]?.value ?? null);
  return bidPlace < 0 ? null : { values, bidPlace };
}

async function shade(
  worthMicros: number,
  { name, scorer, cause }: Landscape,
  readings: FeatureReadings,
): Promise<Shading> {
  const unshaded = (outcome: string): Shading => ({
    landscape: name.replace(/@.*$/, ""),
    worthMicros,
    bidMicros: worthMicros,
    winChance: null,
    outcome,
  });
  if (scorer === null) return unshaded(cause);
  const asked = askedOf(scorer, readings);
  if (asked === null) return unshaded("no_bid_input");
  try {
    const shaded = await shadeByModel(scorer, { worthMicros, ...asked });
    return { landscape: name, worthMicros, ...shaded };
  } catch (error) {
    return unshaded(codeOf(error));
  }
}

/** Name of the input that is the bid, with or without its view. */
function bidInputOf({ lineage }: ModelRecord): string {
  const { params }: { params?: { bid?: string } } = JSON.parse(lineage.spec);
  return params?.bid ?? BID_INPUT;
}

function codeOf(error: unknown): string {
  return error instanceof EngineError ? error.code : "internal_error";
}
