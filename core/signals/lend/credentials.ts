/**
 * Leases of access tokens: one for each source, renewed by one caller however many
 * wait.
 *
 * Some vendors take each refresh token once. The next one is therefore kept before
 * the access token that came with it is used; if it cannot be kept, it is tried
 * again before the vendor is asked for another. It is lost only if the process ends
 * between the vendor's answer and the end of that one write, or if the answer itself
 * is lost on its way: then somebody has to sign in anew.
 *
 * Where another process has used the refresh token meanwhile, the one that it kept
 * is used.
 *
 * @module
 */
import type { AccessToken } from "../../domain/source.ts";
import type { Clock } from "../../ports/clock.ts";

/** Where the latest refresh token of each source is kept. */
export interface Keep {
  /** The text that was kept last; null if none was. */
  read(key: string): Promise<string | null>;
  /** Keeps a text; it outlives the process when this resolves. */
  write(key: string, text: string): Promise<void>;
}

/** Asks the vendor for an access token, with the latest refresh token if one was kept. */
export type Renew = (refreshToken: string | null) => Promise<AccessToken>;

/** Leases of access tokens. */
export interface Credentials {
  /**
   * An access token that holds for a while yet.
   *
   * @param key The source.
   * @param renew Asks for another; called once at a time for each source.
   * @returns The token.
   * @throws What `renew` or the keep throws; the kept refresh token is then as before.
   */
  token(key: string, renew: Renew): Promise<string>;
  /** Drops this token, if it is still the one that is lent. */
  expired(key: string, token: string): void;
}

interface Lease {
  readonly accessToken: string;
  readonly until: number;
}

/** A token that came with another refresh token, which is not kept yet. */
interface Unkept extends Lease {
  readonly refreshToken: string;
}

const MARGIN_MS = 60_000;
const MARGIN_SHARE = 0.1;

/** What leases are lent: time, and where refresh tokens are kept. */
export interface CredentialsLoan {
  readonly clock: Clock;
  readonly keep: Keep;
}

/**
 * Opens a place that lends access tokens; it has none yet.
 *
 * @param loan Time, and where refresh tokens are kept.
 * @returns The leases.
 */
export function createCredentials(loan: CredentialsLoan): Credentials {
  const present = () => Date.parse(loan.clock.now());
  const obtain = createRenewals(loan.keep, present);
  const leases = new Map<string, Lease>();
  const renewals = new Map<string, Promise<string>>();
  async function lend(key: string, renew: Renew): Promise<string> {
    const lease = await obtain(key, renew);
    leases.set(key, lease);
    return lease.accessToken;
  }
  return {
    token(key, renew) {
      const lease = leases.get(key);
      if (lease && lease.until > present()) {
        return Promise.resolve(lease.accessToken);
      }
      const renewal = renewals.get(key) ??
        lend(key, renew).finally(() => renewals.delete(key));
      renewals.set(key, renewal);
      return renewal;
    },
    expired(key, token) {
      if (leases.get(key)?.accessToken === token) leases.delete(key);
    },
  };
}

/** Gets leases, one at a time for each source, and keeps what they come with. */
function createRenewals(keep: Keep, present: () => number) {
  const unkept = new Map<string, Unkept>();
  async function persist(key: string, lease: Unkept): Promise<Lease> {
    unkept.set(key, lease);
    await keep.write(key, lease.refreshToken);
    unkept.delete(key);
    return lease;
  }
  async function ask(key: string, renew: Renew): Promise<Lease> {
    const refreshToken = await keep.read(key);
    const asked = present();
    try {
      const { refreshToken: next, ...token } = await renew(refreshToken);
      const lease = toLease(token, asked);
      return next === undefined || next === refreshToken
        ? lease
        : await persist(key, { ...lease, refreshToken: next });
    } catch (error) {
      if (unkept.has(key) || await keep.read(key) === refreshToken) throw error;
      return await ask(key, renew);
    }
  }
  return async (key: string, renew: Renew): Promise<Lease> => {
    const owed = unkept.get(key);
    const lease = owed ? await persist(key, owed) : await ask(key, renew);
    const over = owed !== undefined && lease.until <= present();
    return over ? await ask(key, renew) : lease;
  };
}

/** Holds from when it was asked for, until a margin before it ends. */
function toLease(
  { accessToken, expiresInSeconds }: AccessToken,
  asked: number,
): Lease {
  if (expiresInSeconds === null) return { accessToken, until: Infinity };
  const holdsMs = expiresInSeconds * 1000;
  const marginMs = Math.min(MARGIN_MS, holdsMs * MARGIN_SHARE);
  return { accessToken, until: asked + holdsMs - marginMs };
}
