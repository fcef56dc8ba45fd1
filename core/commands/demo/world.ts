/**
 * The demonstration's company: simulated, its files laid where the connectors
 * find them, its truth kept for the end.
 *
 * @module
 */
import type { Instant } from "../../domain/day.ts";
import { simulateClicks } from "../../simulation/clicks.ts";
import { type Company, simulateCompany } from "../../simulation/company.ts";
import {
  type MappedFile,
  printCampaigns,
  printPlacements,
} from "../../simulation/delivery.ts";
import { simulateEmail, type Subject } from "../../simulation/email.ts";
import { printBatches } from "../../simulation/messages.ts";

const SEED = 7;
const DAYS = 730;
const SUBJECTS = 12_000;
const CLICKS = 8_000;
const CLICK_DAYS = 21;
const PLACEMENT_DAYS = 60;

/** A file to be pulled. */
export interface PullFile {
  readonly source: string;
  readonly path: string;
  readonly mapping: unknown;
}

/** The company and what its systems report. */
export interface World {
  readonly company: Company;
  readonly subjects: readonly Subject[];
  readonly files: readonly PullFile[];
  /** Bodies that its site and mailer push. */
  readonly batches: readonly string[];
}

/**
 * Simulates the company up to yesterday.
 *
 * @param folder Where its files go.
 * @param now The present.
 * @returns The company.
 */
export async function makeWorld(folder: string, now: Instant): Promise<World> {
  const until = now.slice(0, 10);
  const company = simulateCompany({ seed: SEED, until, days: DAYS });
  const email = simulateEmail({
    seed: SEED,
    subjects: SUBJECTS,
    until,
  });
  const clicks = simulateClicks(company, { clicks: CLICKS, days: CLICK_DAYS });
  await Deno.mkdir(folder, { recursive: true });
  return {
    company,
    subjects: email.subjects,
    files: [
      await lay(folder, "campaigns", printCampaigns(company)),
      await lay(folder, "placements", printPlacements(company, PLACEMENT_DAYS)),
    ],
    batches: printBatches([...email.messages, ...clicks]),
  };
}

async function lay(
  folder: string,
  source: string,
  { text, mapping }: MappedFile,
): Promise<PullFile> {
  const path = `${folder}/${source}.csv`;
  await Deno.writeTextFile(path, text);
  return { source, path, mapping };
}
