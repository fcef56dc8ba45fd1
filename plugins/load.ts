/**
 * Checks plugins before anything runs. One that does not hold is left out and
 * named; the others go on.
 *
 * @module
 */
import type { Collected } from "./collect.ts";
import type { Connector, ModelFamily } from "./contract.ts";
import { CONNECTORS, FAMILIES } from "./registry.gen.ts";

/** Plugins that can be used, and why the others cannot. */
export interface Plugins {
  readonly connectors: readonly Connector[];
  readonly families: readonly ModelFamily[];
  /** Reason by `connectors/<folder>` or `models/<folder>`. */
  readonly leftOut: Readonly<Record<string, string>>;
}

/** What the registry collected, by folder. */
export interface Registry {
  readonly connectors: ReadonlyMap<string, Collected>;
  readonly families: ReadonlyMap<string, Collected>;
}

type Members = Readonly<Record<string, unknown>>;

const SNAKE = /^[a-z][a-z0-9_]{0,63}$/;
const HOST = /^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+$/;
const SEMANTIC = /^\d+\.\d+\.\d+$/;

/**
 * Checks what the registry collected. A name is its folder's, so no two are the same.
 *
 * @param registry Collected modules; the generated registry if absent.
 * @returns Good plugins by kind, and what is wrong with each of the others.
 */
export function loadPlugins(
  registry: Registry = { connectors: CONNECTORS, families: FAMILIES },
): Plugins {
  const leftOut: Record<string, string> = {};
  function admit<T>(
    kind: string,
    collected: ReadonlyMap<string, Collected>,
    fault: (plugin: Members, folder: string) => string | null,
  ): T[] {
    return [...collected].flatMap(([folder, module]) => {
      const wrong = "failure" in module
        ? module.failure
        : faultOf(module.plugin, folder, fault);
      if (wrong === null && "plugin" in module) return [module.plugin as T];
      leftOut[`${kind}/${folder}`] = wrong ?? "it has no default export";
      return [];
    });
  }
  return {
    connectors: admit<Connector>(
      "connectors",
      registry.connectors,
      connectorFault,
    ),
    families: admit<ModelFamily>("models", registry.families, familyFault),
    leftOut,
  };
}

function faultOf(
  plugin: unknown,
  folder: string,
  fault: (plugin: Members, folder: string) => string | null,
): string | null {
  if (typeof plugin !== "object" || plugin === null) {
    return "its default export is not an object";
  }
  const { name, apiVersion, about } = plugin as Members;
  if (typeof name !== "string" || !SNAKE.test(name)) {
    return "name must be snake_case, at most 64 characters";
  }
  if (name !== folder) return `name must be its folder's, "${folder}"`;
  if (apiVersion !== 1) return "apiVersion must be 1";
  if (typeof about !== "string" || about === "") return "about must be text";
  return fault(plugin as Members, folder);
}

function connectorFault(plugin: Members): string | null {
  const { config, secrets, hosts, emits, restatesDays } = plugin;
  if (!isSchema(config)) return "config must have a parse function";
  if (!isTexts(secrets)) return "secrets must be a list of names";
  if (!isTexts(hosts) || !hosts.every((host) => HOST.test(host))) {
    return "hosts must be a list of bare host names";
  }
  const grains = ["performance", "event"];
  if (!isTexts(emits) || !emits.every((grain) => grains.includes(grain))) {
    return "emits must be a list of performance and event";
  }
  if (!Number.isInteger(restatesDays) || Number(restatesDays) < 0) {
    return "restatesDays must be a whole number, 0 or more";
  }
  return sidesFault(plugin);
}

function sidesFault(
  { pull, receive, reports, account, destination }: Members,
): string | null {
  if (reports !== undefined) {
    const fault = reportsFault(reports, account);
    if (fault !== null) return fault;
  }
  const reads = [pull, receive, reports && account]
    .filter((side) => side !== undefined);
  if (reads.some((side) => typeof side !== "function")) {
    return "pull and receive must be functions";
  }
  if (destination === undefined) {
    return reads.length > 0 ? null : "it has neither a read nor a write side";
  }
  const { read, write } = (destination ?? {}) as Members;
  return typeof read === "function" && typeof write === "function"
    ? null
    : "destination must have read and write functions";
}

function reportsFault(reports: unknown, account: unknown): string | null {
  if (!Array.isArray(reports) || reports.length === 0) {
    return "reports must be a list of at least one";
  }
  if (typeof account !== "function") return "reports need an account function";
  const good = reports.every((one: Members | null) =>
    typeof one?.read === "function" && typeof one.toRows === "function" &&
    typeof one.name === "string" && SNAKE.test(one.name) &&
    Array.isArray(one.dimensions) && Number(one.sliceDays) >= 1
  );
  return good
    ? null
    : "a report must have name, dimensions, sliceDays, read and toRows";
}

function familyFault(plugin: Members): string | null {
  const { version, params, grain, fit } = plugin;
  if (typeof version !== "string" || !SEMANTIC.test(version)) {
    return "version must be semantic, such as 1.0.0";
  }
  if (!isSchema(params)) return "params must have a parse function";
  if (typeof fit !== "function") return "fit must be a function";
  if (grain === "series") return null;
  if (grain !== "rows") return "grain must be rows or series";
  const { min, max, unit } = (plugin.output ?? {}) as Members;
  return typeof unit === "string" && Number(min) <= Number(max)
    ? null
    : "output must have unit, min and max";
}

function isSchema(value: unknown): boolean {
  return typeof (value as { parse?: unknown } | null)?.parse === "function";
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}
