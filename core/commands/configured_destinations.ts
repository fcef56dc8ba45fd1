/**
 * Where plans are written, as the operator configured it: a JSON list of
 * `{ tenant, source }`, which writes to a configured source the budgets of what that
 * source reports, and `{ tenant, connector, config }`, which takes what is left. A
 * tenant of which nothing is said writes to a file in the data folder.
 *
 * @module
 */
import { z } from "zod";
import { EngineError } from "../domain/error.ts";
import {
  nameRoute,
  type TenantDestination,
} from "../plans/destinations/tenant_destination.ts";
import type { Plugins } from "../../plugins/load.ts";
import { configure } from "../signals/configure.ts";
import type { ConfiguredSource } from "../signals/configured.ts";
import { fillSecrets, type Secrets, secretsOf } from "./configured_sources.ts";
import { isTenant } from "../domain/names.ts";

const tenant = z.string().refine(
  isTenant,
  "expected 1 to 63 letters, digits, _ and -",
);

const Destinations = z.array(z.union([
  z.strictObject({ tenant, source: z.string().min(1).max(100) }),
  z.strictObject({
    tenant,
    connector: z.string().min(1),
    config: z.record(z.string(), z.unknown()),
  }),
]));

/** What destinations are checked against. */
export interface DestinationGround extends Pick<Plugins, "connectors"> {
  readonly sources: readonly ConfiguredSource[];
  readonly secrets: Secrets;
}

/**
 * Parses destinations and looks their secrets up.
 *
 * @param given Parsed JSON.
 * @returns Destinations by tenant, what takes all that is left last.
 * @throws {EngineError} `configuration_invalid`, naming the entry and what is wrong.
 */
export async function parseDestinations(
  given: unknown,
  ground: DestinationGround,
): Promise<ReadonlyMap<string, readonly TenantDestination[]>> {
  const parsed = Destinations.safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw unusable(
      `${
        issue?.path.join(".")
      }: expected tenant with source, or with connector and config`,
    );
  }
  const byTenant = new Map<string, TenantDestination[]>();
  for (const entry of parsed.data) {
    const destination = "source" in entry
      ? fromSource(entry, ground)
      : await fromConnector(entry, ground);
    checkDestination(entry.tenant, destination, ground);
    const others = byTenant.get(entry.tenant) ?? [];
    checkApart(entry.tenant, destination, others);
    byTenant.set(entry.tenant, [...others, destination]);
  }
  for (const destinations of byTenant.values()) {
    destinations.sort((a, b) =>
      Number(a.source === null) - Number(b.source === null)
    );
  }
  return byTenant;
}

function fromSource(
  { tenant, source }: { readonly tenant: string; readonly source: string },
  { sources }: DestinationGround,
): TenantDestination {
  const found = sources.find((one) =>
    one.tenant === tenant && one.source === source
  );
  if (found) {
    const { connector, config, via } = found;
    return { source, connector, config, ...(via && { via }) };
  }
  throw unusable(`tenant "${tenant}" has no source "${source}"`);
}

async function fromConnector(
  { tenant, connector, config }: {
    readonly tenant: string;
    readonly connector: string;
    readonly config: Readonly<Record<string, unknown>>;
  },
  { secrets }: DestinationGround,
): Promise<TenantDestination> {
  return {
    source: null,
    connector,
    config: await fillSecrets(config, secretsOf(secrets, tenant)),
  };
}

/** Each is known by its name to what a plan kept. */
function checkApart(
  tenant: string,
  destination: TenantDestination,
  others: readonly TenantDestination[],
): void {
  const { source } = destination;
  if (source === null && others.some((one) => one.source === null)) {
    throw unusable(`tenant "${tenant}" has two that take what is left`);
  }
  const name = nameRoute(destination);
  if (!others.some((one) => nameRoute(one) === name)) return;
  throw unusable(`source "${name}" is there twice`);
}

function checkDestination(
  tenant: string,
  { connector: name, config }: TenantDestination,
  { connectors }: DestinationGround,
): void {
  const connector = connectors.find((one) => one.name === name);
  if (connector === undefined) {
    throw unusable(`there is no connector "${name}"`);
  }
  if (!connector.destination) {
    throw unusable(
      `connector "${name}" of tenant "${tenant}" has no write side`,
    );
  }
  try {
    configure(connector, config);
  } catch (error) {
    throw unusable(
      `"${name}" of tenant "${tenant}": ${(error as Error).message}`,
    );
  }
}

function unusable(reason: string): EngineError {
  return new EngineError(
    "configuration_invalid",
    `Cannot use destinations: ${reason}`,
  );
}
