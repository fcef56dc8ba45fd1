/**
 * An engine that knows a small company: signals in, features online, models
 * trained and approved. For tests and benchmarks that need a filled store.
 *
 * @module
 */
import { createHmac } from "node:crypto";
import { readConfiguration } from "../core/commands/configuration.ts";
import { issueKey } from "../core/commands/keys.ts";
import { type Opened, openEngine } from "../core/commands/open.ts";
import { SCOPES } from "../core/ports/access.ts";
import { simulateClicks } from "../core/simulation/clicks.ts";
import { simulateCompany } from "../core/simulation/company.ts";
import {
  printCampaigns,
  printPlacements,
} from "../core/simulation/delivery.ts";
import { simulateEmail } from "../core/simulation/email.ts";
import { printBatches } from "../core/simulation/messages.ts";
import {
  CLICK_SPEC,
  EMAIL_SPEC,
  RESPONSE_SPEC,
} from "../core/simulation/specs.ts";

/** The company's tenant. */
export const TENANT = "acme";

const SECRET = "secret-of-the-site";
/** The day after its last. */
export const UNTIL = "2026-11-01";
const SIZE = { seed: 3, until: UNTIL, days: 120 } as const;

/** Where the stores of a test lie. */
export interface Place {
  readonly databaseUrl: string | null;
  readonly folder: string;
  /** Folder of the policies; the project's own unless given. */
  readonly policies?: string;
}

/**
 * Variables of a process at a place; it leaves the features as they were filled, and no
 * decision stands on a lower rung because the machine is busy.
 */
export function environmentOf(
  { databaseUrl, folder, policies }: Place,
): Record<string, string> {
  return {
    MOE_DATA: folder,
    MOE_MATERIALIZE_MINUTES: "0",
    MOE_IDENTITY_KEY: "5a".repeat(32),
    ...(databaseUrl !== null && { DATABASE_URL: databaseUrl }),
    ...(policies !== undefined && { MOE_POLICIES: policies }),
  };
}

/**
 * Opens the engine at a place, with the company's site as a source that pushes.
 *
 * @param place Where its stores lie.
 * @returns The engine; to be closed.
 */
export function openCompany(place: Place): Promise<Opened> {
  const variables = environmentOf(place);
  return openEngine(readConfiguration((name) => variables[name]), [{
    tenant: TENANT,
    source: "site",
    connector: "segment",
    config: { secret: SECRET },
  }]);
}

/**
 * Brings the company's signals in and makes features of them.
 *
 * @param opened The engine.
 * @param folder Where its files may lie.
 * @param subjects How many people.
 */
export async function bringIn(
  { engine }: Opened,
  folder: string,
  subjects: number,
): Promise<void> {
  const company = simulateCompany(SIZE);
  const files = {
    campaigns: printCampaigns(company),
    placements: printPlacements(company, 40),
  };
  for (const [source, { text, mapping }] of Object.entries(files)) {
    const file = `${folder}/${source}.csv`;
    await Deno.writeTextFile(file, text);
    await engine.ingest({
      ...{ tenant: TENANT, source, connector: "csv", range: null },
      config: { file, mapping },
      report: () => {},
    });
  }
  const messages = [
    ...simulateEmail({ ...SIZE, subjects }).messages,
    ...simulateClicks(company, { clicks: 3000, days: 20 }),
  ];
  for (const text of printBatches(messages)) await push(engine, text);
  await engine.features.materialize(TENANT, {
    at: `${UNTIL}T06:00:00.000Z`,
    report: () => {},
  });
}

async function push(engine: Opened["engine"], text: string): Promise<void> {
  const body = new TextEncoder().encode(text);
  const signature = createHmac("sha256", SECRET).update(body).digest("hex");
  await engine.receive({
    tenant: TENANT,
    connector: "segment",
    source: "site",
    delivery: {
      headers: { "x-signature": signature },
      body,
      receivedAt: engine.clock.now(),
    },
  });
}

/**
 * Trains the company's models and approves them.
 *
 * @param opened The engine.
 */
async function learn({ engine, clock }: Opened): Promise<void> {
  for (const spec of [EMAIL_SPEC, CLICK_SPEC, RESPONSE_SPEC]) {
    const record = await engine.train({
      tenant: TENANT,
      spec,
      by: "ada",
      report: () => {},
    });
    const reason = "few people make no better model";
    const review = { by: "grace", at: clock.now(), approve: true, reason };
    await engine.models.review(TENANT, record, review);
  }
}

/**
 * Makes a key that may do everything.
 *
 * @param opened The engine.
 * @param name Who holds it.
 * @returns The key's text.
 */
export function makeKey(opened: Opened, name: string): Promise<string> {
  return issueKey(opened, { tenant: TENANT, name, scopes: SCOPES, days: 30 });
}

/**
 * Fills the stores of a place: signals, features, approved models, and a key.
 *
 * @param place Where the stores lie.
 * @param subjects How many people.
 * @returns Text of a key that may do everything.
 */
export async function fillCompany(
  place: Place,
  subjects: number,
): Promise<string> {
  const opened = await openCompany(place);
  try {
    await bringIn(opened, place.folder, subjects);
    await learn(opened);
    return await makeKey(opened, "caller");
  } finally {
    await opened.close();
  }
}
