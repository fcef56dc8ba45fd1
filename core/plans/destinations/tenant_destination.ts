/**
 * Where a tenant's plans are written, as the operator configured it.
 *
 * @module
 */
import { addDays } from "../../domain/day.ts";
import type { EntityKey } from "../../domain/entity.ts";
import type { PlanDestination } from "../../ports/changes.ts";
import type { Clock } from "../../ports/clock.ts";
import type { SignalStore } from "../../ports/signals.ts";
import type { Connector, Lent } from "../../../plugins/contract.ts";
import { openDestination } from "./destination.ts";
import { joinRoutes } from "./routed_destination.ts";

/** Days for which what a source reported counts as its own. */
const REPORTED_DAYS = 63;

/** One place where a tenant's plans are written. */
export interface TenantDestination {
  /** The configured source whose entities it takes; null for all that is left. */
  readonly source: string | null;
  /** Name of the connector that writes. */
  readonly connector: string;
  /** As the operator gave it, secrets filled in. */
  readonly config: unknown;
  /** Origins that the operator puts in place of the source's hosts. */
  readonly via?: Readonly<Record<string, string>>;
}

/** What is lent to, and for whom. */
export interface Borrower {
  readonly tenant: string;
  readonly source: string;
  readonly connector: Connector;
  /** As the operator gave it: what lends parses it. */
  readonly config: unknown;
  readonly via?: Readonly<Record<string, string>>;
}

/** What places are opened with. */
export interface DestinationScope {
  /** What takes all that is left comes last. */
  destinations(tenant: string): readonly TenantDestination[];
  connector(name: string): Connector;
  lend(borrower: Borrower): Omit<Lent<unknown>, "config">;
  readonly signals: Pick<SignalStore, "reported">;
  readonly clock: Clock;
}

/**
 * Opens where a tenant's plans are written.
 *
 * @throws {EngineError} `configuration_invalid` if a connector only reads.
 */
export function openTenantDestination(
  scope: DestinationScope,
  tenant: string,
): PlanDestination {
  return joinRoutes(
    scope.destinations(tenant).map((one) => ({
      name: nameRoute(one),
      destination: open(scope, tenant, one),
      takes: one.source === null ? null : reportedBy(scope, tenant, one.source),
    })),
  );
}

/** Names a place: its source, or what takes what is left. */
export function nameRoute(
  { source, connector }: Pick<TenantDestination, "source" | "connector">,
): string {
  return source ?? `plans:${connector}`;
}

/** What a source reported of late is its own. */
function reportedBy(
  { signals, clock }: DestinationScope,
  tenant: string,
  source: string,
) {
  return (entities: readonly EntityKey[]) => {
    const since = addDays(clock.now().slice(0, 10), -REPORTED_DAYS);
    return signals.reported(tenant, source, { entities, since });
  };
}

function open(
  { connector: find, lend }: DestinationScope,
  tenant: string,
  one: TenantDestination,
): PlanDestination {
  const { config, via } = one;
  const connector = find(one.connector);
  const borrower = { tenant, connector, config, source: nameRoute(one) };
  return openDestination(
    connector,
    config,
    () => lend(via === undefined ? borrower : { ...borrower, via }),
  );
}
