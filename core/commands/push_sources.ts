/**
 * Sources that push, as the operator configured them: a JSON list of
 * `{ tenant, source, connector, config }`, where `{ "env": "NAME" }` anywhere in
 * `config` stands for a secret from the environment.
 *
 * @module
 */
import { z } from "zod";
import { EngineError } from "../domain/error.ts";
import type { ConfiguredSource } from "../engine.ts";
import type { Plugins } from "../../plugins/load.ts";
import { configure } from "../signals/configure.ts";
import { isTenant } from "./option.ts";

const Sources = z.array(z.strictObject({
  tenant: z.string().refine(
    isTenant,
    "expected 1 to 63 letters, digits, _ and -",
  ),
  source: z.string().min(1),
  connector: z.string().min(1),
  config: z.record(z.string(), z.unknown()),
}));

/**
 * Parses configured sources and looks their secrets up.
 *
 * @param given Parsed JSON.
 * @param variable Looks an environment variable up.
 * @returns The sources, secrets filled in.
 * @throws {EngineError} `configuration_invalid`, naming the member or the variable.
 */
export function parseSources(
  given: unknown,
  variable: (name: string) => string | undefined,
): ConfiguredSource[] {
  const parsed = Sources.safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new EngineError(
      "configuration_invalid",
      `Cannot read the sources: ${issue?.path.join(".")}: ${issue?.message}`,
    );
  }
  return parsed.data.map((source) => ({
    ...source,
    config: fillSecrets(source.config, variable),
  }));
}

function fillSecrets(
  value: unknown,
  variable: (name: string) => string | undefined,
): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => fillSecrets(item, variable));
  }
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  const [first] = entries;
  if (entries.length === 1 && first?.[0] === "env") {
    return demandVariable(String(first[1]), variable);
  }
  return Object.fromEntries(
    entries.map(([name, member]) => [name, fillSecrets(member, variable)]),
  );
}

function demandVariable(
  name: string,
  variable: (name: string) => string | undefined,
): string {
  const secret = variable(name);
  if (secret) return secret;
  throw new EngineError(
    "configuration_invalid",
    `Cannot read the sources: the environment has no "${name}"`,
  );
}

/**
 * Checks each source with its connector, so that a mistake shows at the start and
 * not at the first delivery. One whose connector was left out is passed over.
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
    const key = JSON.stringify([tenant, source, name]);
    if (seen.has(key)) throw unusable(source, "it is there twice");
    seen.add(key);
    if (`connectors/${name}` in leftOut) continue;
    if (!connector) throw unusable(source, `there is no connector "${name}"`);
    if (!connector.receive) {
      throw unusable(source, `connector "${name}" takes no deliveries`);
    }
    try {
      configure(connector, config);
    } catch (error) {
      throw unusable(source, (error as Error).message);
    }
  }
}

function unusable(source: string, reason: string): EngineError {
  return new EngineError(
    "configuration_invalid",
    `Cannot use source "${source}": ${reason}`,
    { facts: { source } },
  );
}
