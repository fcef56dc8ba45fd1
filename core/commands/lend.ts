/**
 * What the sources of this process are lent: files that the operator named, and
 * HTTP under one quota for all, with access tokens that are renewed.
 *
 * @module
 */
import type { Clock } from "../ports/clock.ts";
import { createPersistence } from "../signals/lend/breaker.ts";
import { createCredentials } from "../signals/lend/credentials.ts";
import { lendFiles } from "../signals/lend/files.ts";
import { keepInFolder } from "../signals/lend/keep_in_folder.ts";
import { lendSource } from "../signals/lend/lend_source.ts";
import { createQuota, type Quota } from "../signals/lend/quota.ts";
import type { Persistence } from "../signals/lend/persistence.ts";
import type { Lender } from "../signals/signals.ts";
import { configure } from "../signals/configure.ts";

/** What lends, and the quota behind it. */
export interface Lending extends Lender {
  readonly quota: Quota;
}

/**
 * Opens what is lent.
 *
 * @param clock The time.
 * @param dataFolder Where refresh tokens that a vendor replaced are kept.
 * @returns The lender.
 */
export function openLending(clock: Clock, dataFolder: string): Lending {
  const quota = createQuota({ clock, sleep });
  const persistences = new Map<string, Persistence>();
  function persistenceOf(connector: string): Persistence {
    const known = persistences.get(connector) ??
      createPersistence({ clock, sleep, random: Math.random });
    persistences.set(connector, known);
    return known;
  }
  const credentials = createCredentials({
    clock,
    keep: keepInFolder(`${dataFolder}/credentials`),
  });
  return {
    quota,
    files: ({ config }) => lendFiles(namedPaths(config)),
    http: (source, priority) => {
      const { connector, config, tenant, via } = source;
      return lendSource({
        connector,
        config: configure(connector, config),
        name: `${tenant}/${source.source}`,
        priority,
        clock,
        quota,
        persistence: persistenceOf(connector.name),
        credentials,
        ...(via && { via }),
      });
    },
  };
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((wake) => setTimeout(wake, milliseconds));
}

/** Paths that the operator named in a connector's configuration. */
function namedPaths(config: unknown): string[] {
  const { file, folder } = (config ?? {}) as {
    file?: unknown;
    folder?: unknown;
  };
  return [file, folder].filter((path) => typeof path === "string");
}
