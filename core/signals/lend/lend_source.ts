/**
 * HTTP for one source: its connector's hosts and judgement, the quota that it
 * shares with others, and an access token that is renewed when it must be.
 *
 * @module
 */
import { digest, sha256 } from "../../domain/canonical.ts";
import type { QuotaScope } from "../../domain/source.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Connector, HttpClient } from "../../../plugins/contract.ts";
import { secretValues, withoutSecrets } from "../configure.ts";
import { contained } from "../contain.ts";
import type { Persistence } from "./persistence.ts";
import type { CallQuota } from "./call_quota.ts";
import type { Credentials } from "./credentials.ts";
import { type HttpLoan, lendHttp, type TokenLease } from "./http.ts";
import type { Priority, QuotaCall } from "./budget_keys.ts";
import type { Quota } from "./quota.ts";

/** A source, and what all sources share. */
export interface SourceLoan {
  readonly connector: Connector;
  /** Parsed configuration. */
  readonly config: unknown;
  /** Name by which the source's access token is kept: tenant and source. */
  readonly name: string;
  readonly priority: Priority;
  readonly clock: Clock;
  readonly quota: Quota;
  /** The connector's, shared by all its sources. */
  readonly persistence: Persistence;
  readonly credentials: Credentials;
  /** Origins that the operator puts in place of hosts. */
  readonly via?: Readonly<Record<string, string>>;
  /** Longest that a call waits for its turn, milliseconds. */
  readonly maxWaitMs?: number;
  fetch?(request: Request): Promise<Response>;
}

const MAX_WAIT_MS = 120_000;

/**
 * Lends HTTP to a source.
 *
 * @param loan The source.
 * @returns A client bound to it.
 */
export function lendSource(loan: SourceLoan): HttpClient {
  const { connector, config, persistence } = loan;
  const terms: HttpLoan = {
    hosts: connector.hosts,
    configuredHosts: connector.configuredHosts?.(config) ?? [],
    secrets: secretValues(connector, config),
    persistence,
    clock: loan.clock,
    judge: (answer) => connector.judge?.(answer) ?? null,
    ...(loan.via && { via: loan.via }),
    ...(loan.fetch && { fetch: loan.fetch }),
  };
  const lease = leaseOf(loan, lendHttp(terms));
  return lendHttp({
    ...terms,
    quota: quotaOf(loan),
    ...(lease && { lease }),
  });
}

function leaseOf(
  { connector, config, name, credentials, clock }: SourceLoan,
  http: HttpClient,
): TokenLease | null {
  if (!connector.renew) return null;
  // A token that was replaced does not outlive a new sign-in by the operator.
  const signIn = digest(secretValues(connector, config)).slice(0, 16);
  const key = `${name}/${signIn}`;
  return {
    token: () =>
      credentials.token(
        key,
        async (refreshToken) => {
          const now = clock.now();
          const renewed = connector.renew?.({
            config,
            http,
            refreshToken,
            now,
          });
          return await (renewed ?? Promise.reject(new TypeError("no renew")));
        },
      ),
    expired: (token) => credentials.expired(key, token),
  };
}

function quotaOf(
  { connector, config, quota, priority, maxWaitMs = MAX_WAIT_MS }: SourceLoan,
): CallQuota {
  const keys = hashKeys(connector, config);
  const limits = connector.limits ?? [];
  const secrets = secretValues(connector, config);
  return {
    async admit(path) {
      const call: QuotaCall = {
        connector: connector.name,
        keys,
        path,
        limits,
        priority,
      };
      await quota.admit(call, maxWaitMs);
      return {
        ended: (answer) =>
          quota.learn(
            call,
            answer === null ? [] : contained(
              connector.name,
              secrets,
              () => connector.quota?.(answer) ?? [],
            ),
          ),
        refused: (scope, waitSeconds) => {
          quota.refused(call, scope, waitSeconds);
        },
      };
    },
  };
}

/** Sources that share a developer's key share its quota; the key itself is kept nowhere. */
function hashKeys(
  connector: Connector,
  config: unknown,
): Partial<Record<QuotaScope, string>> {
  const given = {
    account: digest([connector.name, withoutSecrets(connector, config)]),
    ...connector.quotaKeys?.(config),
  };
  return Object.fromEntries(
    Object.entries(given).map(([scope, key]) => [
      scope,
      sha256(`${connector.name}:${scope}:${key}`).slice(0, 16),
    ]),
  );
}
