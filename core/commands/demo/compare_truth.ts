/**
 * How far the learnt response curves are from the truth, and whether the log holds.
 *
 * @module
 */
import { EngineError } from "../../domain/error.ts";
import type { ResponseCurves } from "../../domain/score.ts";
import { curveError } from "../../simulation/truth.ts";
import { printTable } from "../terminal.ts";
import { announce, demand, type Stage, TENANT } from "./stage.ts";

/** Share of the truth by which the median campaign's curve may be off. */
const MOST_OFF = 0.1;

/** Compares every curve with the truth. */
export async function compareTruth(stage: Stage): Promise<void> {
  announce(stage, "Response curves against the truth, over the spend seen");
  const { opened: { stores }, world, terminal } = stage;
  const bytes = await stores.models.artifact(TENANT, {
    name: "campaign_response",
    version: 1,
  });
  const { curves }: ResponseCurves = JSON.parse(
    new TextDecoder().decode(bytes),
  );
  const errors = world.company.campaigns.flatMap((campaign) => {
    const fitted = curves.find(({ entity }) =>
      entity === `campaign:${campaign.id}`
    );
    return fitted
      ? [{ campaign, fitted, error: curveError(campaign, fitted) }]
      : [];
  });
  printTable(
    [
      { heading: "campaign" },
      { heading: "decay true", numeric: true },
      { heading: "learnt", numeric: true },
      { heading: "median error", numeric: true },
      { heading: "worst error", numeric: true },
    ],
    errors.map(({ campaign, fitted, error }) => [
      campaign.id,
      campaign.decay.toFixed(2),
      fitted.decay.toFixed(2),
      percent(error.median),
      percent(error.worst),
    ]),
  ).forEach(terminal.line);
  const medians = errors.map(({ error }) => error.median).sort((a, b) => a - b);
  const middle = medians[medians.length >> 1] ?? NaN;
  terminal.line(
    `${errors.length} curves; the median campaign is ${percent(middle)} off`,
  );
  demand(middle < MOST_OFF, `curves are at most ${percent(MOST_OFF)} off`);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/**
 * Verifies the decision log.
 *
 * @throws {EngineError} `log_tampered` if it does not hold.
 */
export async function verifyDecisions(stage: Stage): Promise<void> {
  announce(stage, "Decision log");
  const { sound, rows } = await stage.opened.engine.decisions.verify(TENANT);
  if (!sound) {
    throw new EngineError("log_tampered", "Cannot verify the decision log");
  }
  stage.terminal.line(`${rows} records, the hash chain holds`);
}
