/**
 * Sources that tenants have, and the connectors that read them.
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";
import type { Connector } from "../../plugins/contract.ts";
import type { Source } from "./signals.ts";

/** A source that a tenant configured. */
export interface ConfiguredSource extends Omit<Source, "connector"> {
  /** Name of the connector. */
  readonly connector: string;
  /** Minutes between two syncs by the server; never if absent. */
  readonly syncMinutes?: number;
}

/** Sources of all tenants. */
export interface SourceBook {
  /**
   * A connector by its name.
   *
   * @throws {EngineError} `not_found`, naming those there are.
   */
  connector(name: string): Connector;
  /** Sources of one tenant, or of all. */
  list(tenant?: string): readonly ConfiguredSource[];
  /**
   * A tenant's source.
   *
   * @throws {EngineError} `not_found`, naming those there are.
   */
  find(tenant: string, source: string): Source;
  /**
   * A tenant's source that a connector reads.
   *
   * @throws {EngineError} `not_found` if the tenant has none of that name for it.
   */
  receiver(
    wanted: Pick<ConfiguredSource, "tenant" | "source" | "connector">,
  ): Source;
  /** The only tenant with a source of that name for a connector; else null. */
  tenantOf(connector: string, source: string): string | null;
}

/**
 * Keeps sources.
 *
 * @param sources As configured.
 * @param connectors Those that were loaded.
 * @returns The sources, to be found.
 */
export function keepSources(
  sources: readonly ConfiguredSource[],
  connectors: readonly Connector[],
): SourceBook {
  function connector(name: string): Connector {
    const found = connectors.find((one) => one.name === name);
    if (found) return found;
    const known = connectors.map((one) => one.name).join(", ");
    throw notFound(`Cannot use connector "${name}": there are ${known}`);
  }
  const list = (tenant?: string) =>
    sources.filter((one) => one.tenant === (tenant ?? one.tenant));
  const open = (source: ConfiguredSource) => ({
    ...source,
    connector: connector(source.connector),
  });
  return {
    connector,
    list,
    find(tenant, source) {
      const found = list(tenant).find((one) => one.source === source);
      if (found) return open(found);
      const known = list(tenant).map((one) => one.source).join(", ") || "none";
      throw notFound(
        `Cannot find source "${source}": the sources of tenant "${tenant}" are ${known}`,
      );
    },
    receiver(wanted) {
      const found = list(wanted.tenant).find((one) =>
        one.source === wanted.source && one.connector === wanted.connector
      );
      if (found) return open(found);
      throw notFound(
        `Cannot deliver to source "${wanted.source}": the tenant has none of that name for connector "${wanted.connector}"`,
      );
    },
    tenantOf(name, source) {
      const named = sources.filter((one) =>
        one.connector === name && one.source === source
      );
      return named.length === 1 ? named[0]?.tenant ?? null : null;
    },
  };
}

function notFound(message: string): EngineError {
  return new EngineError("not_found", message);
}
