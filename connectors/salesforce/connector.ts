/**
 * Won opportunities of a Salesforce org.
 *
 * Opportunities are edited, reopened and deleted for as long as they exist, so each is
 * a record whose row is replaced whenever it changes. An org does not tell its only
 * currency through this API: it is configured, or each record names its own.
 *
 * Salesforce supports a version for three years at least; this one came in February
 * 2026.
 *
 * @see https://developer.salesforce.com/docs/platform/connect-rest-api/guide/intro_api_eol, read on 2026-11-26
 * @see https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_refresh_token_flow.htm, read on 2026-11-26
 * @module
 */
import {
  type AccessToken,
  defineConnector,
  type Receipt,
  type RenewScope,
  type RereadScope,
} from "@moe/plugin";
import * as z from "zod";
import { judge, quota } from "./answers.ts";
import { Config } from "./config.ts";
import {
  Organization,
  pullOpportunities,
  readOpportunities,
} from "./opportunities.ts";

const Token = z.object({
  access_token: z.string(),
  refresh_token: z.string().optional(),
});

export default defineConnector<Config>({
  name: "salesforce",
  apiVersion: 1,
  about: "Won opportunities of a Salesforce org",
  vendorApi: { version: "v66.0", sunset: "2029-02-01" },
  config: Config,
  secrets: ["clientSecret", "refreshToken"],
  hosts: ["*.my.salesforce.com"],
  emits: ["performance"],
  restatesDays: 0,
  quotaKeys: ({ instanceHost, clientId }) => ({
    account: instanceHost,
    developer: `${instanceHost} ${clientId}`,
  }),
  judge,
  quota,
  renew,
  pull: pullOpportunities,
  reread,
});

/**
 * Where rotation is on, a token that was used is used up: a repeated call after a lost
 * answer is then refused, as the next sync's would be.
 */
async function renew(
  { config, http, refreshToken }: RenewScope<Config>,
): Promise<AccessToken> {
  const { instanceHost, clientId, clientSecret } = config;
  const token = Token.parse(
    await http.json(`https://${instanceHost}/services/oauth2/token`, {
      form: {
        grant_type: "refresh_token",
        client_id: clientId,
        client_secret: clientSecret,
        refresh_token: refreshToken ?? config.refreshToken,
      },
      safe: true,
    }),
  );
  return {
    accessToken: token.access_token,
    expiresInSeconds: null,
    ...(token.refresh_token && { refreshToken: token.refresh_token }),
  };
}

function reread({ config, original, context }: RereadScope<Config>): Receipt {
  const record: unknown = JSON.parse(original);
  const organization = Organization.parse(JSON.parse(context));
  return readOpportunities([record], organization, config);
}
