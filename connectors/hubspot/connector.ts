/**
 * Won deals of a HubSpot account, asked for, and changes of its records, pushed or
 * read from the webhooks journal.
 *
 * Deals are edited, archived and merged for as long as they exist, so each is a
 * record whose rows are replaced whenever it changes. Access tokens hold for half an
 * hour: that one expires in the middle of a sync is normal.
 *
 * Versions by number (v1 to v4) end in 2027; this is 2026-03, which HubSpot supports
 * for eighteen months.
 *
 * @see https://developers.hubspot.com/docs/developer-tooling/platform/versioning, read on 2026-11-26
 * @see https://developers.hubspot.com/docs/api-reference/latest/authentication/manage-oauth-tokens, read on 2026-11-26
 * @module
 */
import {
  type AccessToken,
  defineConnector,
  EngineError,
  type Page,
  type PullScope,
  type Receipt,
  type RenewScope,
  type RereadScope,
} from "@moe/plugin";
import * as z from "zod";
import { judge, LIMITS, quota } from "./answers.ts";
import { Config } from "./config.ts";
import { Account } from "./deal_rows.ts";
import { API, pullDeals, readDeals } from "./deals.ts";
import { readJournal } from "./journal.ts";
import { JOURNAL_CONTEXT, readJournalEvents } from "./journal_events.ts";
import { openPlace, type Place } from "./place.ts";
import { readEvents, receiveEvents } from "./webhooks.ts";

const Token = z.object({
  access_token: z.string(),
  expires_in: z.number(),
  refresh_token: z.string().optional(),
});

export default defineConnector<Config>({
  name: "hubspot",
  apiVersion: 1,
  about: "Won deals of a HubSpot account, and changes of its records",
  vendorApi: { version: "2026-03", sunset: "2027-09-30" },
  config: Config,
  secrets: [
    "accessToken",
    "clientSecret",
    "previousClientSecret",
    "refreshToken",
  ],
  hosts: ["api.hubapi.com"],
  configuredHosts: ({ journal }) => journal?.hosts ?? [],
  emits: ["performance", "event"],
  restatesDays: 0,
  limits: LIMITS,
  quotaKeys: ({ portalId, clientId }) => ({
    account: portalId,
    ...(clientId !== undefined && { developer: clientId }),
  }),
  judge,
  quota,
  renew,
  pull,
  receive: receiveEvents,
  reread,
});

async function renew(
  { config, http, refreshToken }: RenewScope<Config>,
): Promise<AccessToken> {
  const { accessToken, clientId = "", clientSecret = "" } = config;
  const refresh = refreshToken ?? config.refreshToken;
  if (refresh === undefined) {
    if (accessToken !== undefined) {
      return { accessToken, expiresInSeconds: null };
    }
    throw new EngineError(
      "configuration_invalid",
      `Cannot sign in to HubSpot account "${config.portalId}": set accessToken, or refreshToken, clientId and clientSecret`,
    );
  }
  const token = Token.parse(
    await http.json(`${API}/oauth/2026-03/token`, {
      form: {
        grant_type: "refresh_token",
        client_id: clientId,
        client_secret: clientSecret,
        refresh_token: refresh,
      },
      safe: true,
    }),
  );
  return {
    accessToken: token.access_token,
    expiresInSeconds: token.expires_in,
    ...(token.refresh_token && { refreshToken: token.refresh_token }),
  };
}

/** The journal first: its entries are gone after three days, and deals are not. */
async function* pull(scope: PullScope<Config>): AsyncGenerator<Page> {
  let place: Place = openPlace(scope.cursor);
  for await (const page of readJournal(scope, place.journal)) {
    const { offset: journal, ...receipt } = page;
    place = { ...place, journal };
    yield { ...receipt, cursor: JSON.stringify(place) };
  }
  yield* pullDeals(scope, place);
}

function reread({ config, original, context }: RereadScope<Config>): Receipt {
  const record: unknown = JSON.parse(original);
  if (context === "") return readEvents([record], config);
  return context === JOURNAL_CONTEXT
    ? readJournalEvents([record], config)
    : readDeals([record], Account.parse(JSON.parse(context)), config);
}
