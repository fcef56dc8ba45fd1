/**
 * Parses a connector's configuration: what is wrong is named by its member, and
 * no secret gets out.
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";
import type { Connector } from "../../plugins/contract.ts";

interface ParseIssue {
  readonly path?: readonly unknown[];
  readonly message?: string;
}

/**
 * Parses the configuration of a source.
 *
 * @param connector Whose.
 * @param config As the operator gave it.
 * @returns Whatever the connector's schema makes of it.
 * @throws {EngineError} `configuration_invalid`, or what the connector itself throws.
 */
export function configure<C>(connector: Connector<C>, config: unknown): C {
  try {
    return connector.config.parse(config);
  } catch (error) {
    if (
      error instanceof EngineError && !tellsSecret(error, connector, config)
    ) {
      throw error;
    }
    throw new EngineError(
      "configuration_invalid",
      `Cannot configure connector "${connector.name}": ${
        describe(error, secretValues(connector, config))
      }`,
      { facts: { connector: connector.name } },
    );
  }
}

function describe(error: unknown, secrets: readonly string[]): string {
  const { issues } = (error ?? {}) as { issues?: readonly ParseIssue[] };
  const text = Array.isArray(issues) ? printIssues(issues) : printError(error);
  return redactSecrets(text, secrets);
}

function printIssues(issues: readonly ParseIssue[]): string {
  return issues.map(({ path = [], message = "is invalid" }) =>
    path.length === 0 ? message : `"${path.join(".")}": ${message}`
  ).join("; ");
}

function printError(error: unknown): string {
  return error instanceof Error ? error.message : "its schema refuses it";
}

function tellsSecret(
  error: EngineError,
  connector: Connector<never> | Connector,
  config: unknown,
): boolean {
  const text = `${error.message} ${JSON.stringify(error.facts)}`;
  return secretValues(connector, config).some((value) => text.includes(value));
}

/**
 * The values that must not be printed.
 *
 * @param connector Which names its secrets.
 * @param config The configuration that holds them.
 * @returns Texts that are long enough to be secrets.
 */
export function secretValues(
  { secrets }: { readonly secrets: readonly string[] },
  config: unknown,
): string[] {
  const members = (config ?? {}) as Readonly<Record<string, unknown>>;
  return secrets.map((member) => members[member])
    .filter((value) => typeof value === "string" && value.length > 0)
    .map(String);
}

/**
 * A configuration without its secrets.
 *
 * @param connector Which names its secrets.
 * @param config Parsed configuration.
 * @returns The other members.
 */
export function withoutSecrets(
  { secrets }: { readonly secrets: readonly string[] },
  config: unknown,
): Record<string, unknown> {
  const members = Object.entries((config ?? {}) as Record<string, unknown>);
  return Object.fromEntries(
    members.filter(([member]) => !secrets.includes(member)),
  );
}

/**
 * Takes secrets out of a text.
 *
 * @param text Any text.
 * @param secrets Values to take out.
 * @returns The text with `[redacted]` in their place.
 */
export function redactSecrets(
  text: string,
  secrets: readonly string[],
): string {
  return secrets.reduce(
    (rest, secret) => rest.replaceAll(secret, "[redacted]"),
    text,
  );
}
