/**
 * The account that a source tells of, asked for at the start of a sync and not
 * believed unseen.
 *
 * @module
 */
import { isZone } from "../../domain/day.ts";
import { isEntityId } from "../../domain/entity.ts";
import { EngineError } from "../../domain/error.ts";
import { isCurrency } from "../../domain/money.ts";
import type { SourceAccount } from "../../domain/source.ts";
import type { Clock } from "../../ports/clock.ts";
import { configure, secretValues } from "../configure.ts";
import { named } from "../contain.ts";
import type { SyncJob } from "./sync.ts";

const MOST_SETTLES_DAYS = 400;

/**
 * Asks for the account.
 *
 * @param scope The time.
 * @param job The source.
 * @returns Its zone, currency, attribution and the days within which it settles.
 * @throws {EngineError} `connector_failed` if the connector tells none that can be used.
 */
export async function openAccount(
  { clock }: { readonly clock: Clock },
  { connector, config: given, http, files }: SyncJob,
): Promise<SourceAccount> {
  const config = configure(connector, given);
  const secrets = secretValues(connector, config);
  const lent = { config, http, files, now: clock.now() };
  const told = await named(
    connector.name,
    secrets,
    () => Promise.resolve(connector.account?.(lent)),
  );
  const fault = faultOf(told);
  if (told && fault === null) return told;
  throw new EngineError(
    "connector_failed",
    `Cannot run connector "${connector.name}": its account ${fault}`,
    { facts: { connector: connector.name } },
  );
}

function faultOf(account: SourceAccount | undefined): string | null {
  if (typeof account !== "object" || account === null) return "is missing";
  const { id, zone, currency, attribution, settlesDays } = account;
  if (typeof id !== "string" || !isEntityId(id)) return "has no id";
  if (typeof zone !== "string" || !isZone(zone)) return "has no IANA zone";
  if (typeof currency !== "string" || !isCurrency(currency)) {
    return "has no ISO 4217 currency";
  }
  if (typeof attribution !== "string") return "has no attribution";
  const settles = Number.isInteger(settlesDays) && settlesDays >= 0 &&
    settlesDays <= MOST_SETTLES_DAYS;
  return settles
    ? null
    : `settles in no number of days up to ${MOST_SETTLES_DAYS}`;
}
