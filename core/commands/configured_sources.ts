/**
 * Sources as the operator configured them: a JSON list of `{ tenant, source,
 * connector, config }`, where `{ "env": "NAME" }` or `{ "file": "PATH" }` as a member
 * of `config` stands for a secret from the environment or from a file, and
 * `{ "sealed": "moe-sealed:…" }` for one that "moe seal" sealed.
 *
 * @module
 */
import { z } from "zod";
import { EngineError } from "../domain/error.ts";
import { isPrivateWay } from "../domain/loopback.ts";
import type { ConfiguredSource } from "../signals/configured.ts";
import type { Plugins } from "../../plugins/load.ts";
import { configure } from "../signals/configure.ts";
import { isTenant } from "../domain/names.ts";

const Origin = z.url({ protocol: /^https?$/ }).refine(
  (text) => isPrivateWay(new URL(text)),
  "expected https, or http on this machine",
);

const Sources = z.array(z.strictObject({
  tenant: z.string().refine(
    isTenant,
    "expected 1 to 63 letters, digits, _ and -",
  ),
  source: z.string().min(1).max(100),
  connector: z.string().min(1),
  config: z.record(z.string(), z.unknown()),
  syncMinutes: z.number().min(1).max(10_080).optional(),
  initialDays: z.int().min(0).max(3660).optional(),
  via: z.record(z.string(), Origin).optional(),
}));

/** Where secrets are looked up. */
export interface Secrets {
  variable(name: string): string | undefined;
  file(path: string): Promise<string>;
  /** Opens what was sealed for a tenant. */
  sealed(tenant: string, text: string): Promise<string>;
}

/** Where the secrets of one tenant are looked up. */
export interface TenantSecrets extends Pick<Secrets, "variable" | "file"> {
  sealed(text: string): Promise<string>;
}

/** Looks up the secrets of one tenant. */
export function secretsOf(secrets: Secrets, tenant: string): TenantSecrets {
  return { ...secrets, sealed: (text) => secrets.sealed(tenant, text) };
}

/**
 * Parses configured sources and looks their secrets up.
 *
 * @param given Parsed JSON.
 * @param secrets Where secrets are.
 * @returns The sources, secrets filled in.
 * @throws {EngineError} `configuration_invalid`, naming the member, the variable or
 * the file.
 */
export async function parseSources(
  given: unknown,
  secrets: Secrets,
): Promise<ConfiguredSource[]> {
  const parsed = Sources.safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw unreadable(`${issue?.path.join(".")}: ${issue?.message}`);
  }
  const sources: ConfiguredSource[] = [];
  for (const { syncMinutes, initialDays, via, ...source } of parsed.data) {
    sources.push({
      ...source,
      config: await fillSecrets(
        source.config,
        secretsOf(secrets, source.tenant),
      ),
      ...(syncMinutes !== undefined && { syncMinutes }),
      ...(initialDays !== undefined && { initialDays }),
      ...(via !== undefined && { via }),
    });
  }
  return sources;
}

/**
 * Puts secrets in place of their names.
 *
 * @param value A configuration.
 * @param secrets Where secrets are.
 * @returns The configuration with its secrets.
 * @throws {EngineError} `configuration_invalid`, naming what is missing.
 */
export async function fillSecrets(
  value: unknown,
  secrets: TenantSecrets,
): Promise<unknown> {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    return await Promise.all(value.map((item) => fillSecrets(item, secrets)));
  }
  const entries = Object.entries(value);
  const [[where, name] = []] = entries;
  if (entries.length === 1 && typeof name === "string") {
    if (where === "env") return demandVariable(name, secrets);
    if (where === "file") return await demandFile(name, secrets);
    if (where === "sealed") return await secrets.sealed(name);
  }
  return Object.fromEntries(
    await Promise.all(entries.map(async ([key, member]) => [
      key,
      await fillSecrets(member, secrets),
    ])),
  );
}

function demandVariable(name: string, { variable }: TenantSecrets): string {
  const secret = variable(name);
  if (secret) return secret;
  throw unreadable(`the environment has no "${name}"`);
}

async function demandFile(
  path: string,
  { file }: TenantSecrets,
): Promise<string> {
  let text = "";
  try {
    text = (await file(path)).replace(/\r?\n$/, "");
  } catch {
    throw unreadable(`the file "${path}" cannot be read`);
  }
  if (text !== "") return text;
  throw unreadable(`the file "${path}" is empty`);
}

/**
 * Checks each source with its connector, so that a mistake shows at the start and
 * not at the first delivery or sync. One whose connector was left out is passed over.
 *
 * @param sources As parsed.
 * @param plugins What was loaded.
 * @throws {EngineError} `configuration_invalid`, naming the source and what is wrong.
 */
export function checkSources(
  sources: readonly ConfiguredSource[],
  { connectors, leftOut }: Pick<Plugins, "connectors" | "leftOut">,
): void {
  const seen = new Set<string>();
  for (const { tenant, source, connector: name, config } of sources) {
    const connector = connectors.find((one) => one.name === name);
    const key = JSON.stringify([tenant, source]);
    if (seen.has(key)) throw unusable(source, "it is there twice");
    seen.add(key);
    if (`connectors/${name}` in leftOut) continue;
    if (!connector) throw unusable(source, `there is no connector "${name}"`);
    const reads = connector.receive || connector.pull || connector.reports;
    if (!reads) {
      throw unusable(source, `connector "${name}" has no read side`);
    }
    try {
      configure(connector, config);
    } catch (error) {
      throw unusable(source, (error as Error).message);
    }
  }
}

/**
 * Warns of addresses that sources of several tenants share: whose a delivery is,
 * only a key can tell there.
 *
 * @param sources Of all tenants.
 * @param connectors What was loaded.
 * @returns A sentence for each address.
 */
export function warnOfSharedAddresses(
  sources: readonly ConfiguredSource[],
  connectors: Plugins["connectors"],
): string[] {
  const receivers = new Set(
    connectors.filter(({ receive }) => receive).map(({ name }) => name),
  );
  const byAddress = Map.groupBy(
    sources.filter(({ connector }) => receivers.has(connector)),
    ({ connector, source }) => `/webhooks/${connector}/${source}`,
  );
  return [...byAddress].filter(([, sharing]) => sharing.length > 1)
    .map(([address, sharing]) => {
      const tenants = sharing.map(({ tenant }) => `"${tenant}"`).join(", ");
      return `deliveries to ${address} need a key: it is an address of the tenants ${tenants}`;
    });
}

function unreadable(reason: string): EngineError {
  return new EngineError(
    "configuration_invalid",
    `Cannot read the sources: ${reason}`,
  );
}

function unusable(source: string, reason: string): EngineError {
  return new EngineError(
    "configuration_invalid",
    `Cannot use source "${source}": ${reason}`,
    { facts: { source } },
  );
}
