/**
 * `moe keys`: who may call the engine, and for what.
 *
 * @module
 */
import { type Scope, SCOPES } from "../ports/decisions.ts";
import { DAY_MS } from "../domain/day.ts";
import { EngineError } from "../domain/error.ts";
import { createApiKey } from "../http/api_key.ts";
import { type Command, type Options, textOption } from "./command.ts";
import { type Opened, TENANT, withEngine } from "./open.ts";
import { groupsOption, parseActorName } from "./actor.ts";
import { tenantOption, wholeNumberOption } from "./option.ts";
import { printTable } from "./terminal.ts";

const LIFETIME = { otherwise: 90, least: 1, most: 3650 };

/** Makes a key and shows it once. */
export const keysCreate: Command = {
  name: "keys create",
  about: "make an API key and show it, once",
  operands: ["NAME"],
  options: {
    ...TENANT,
    "scopes*": `what it may do, comma-separated: ${SCOPES.join(", ")}`,
    purposes:
      "what it may read features for, comma-separated; anything unless given",
    groups:
      "groups that it speaks for in reviews of changes, comma-separated; none unless given",
    "person!": "a person holds it, and may agree with changes",
    days: "days until it expires; 90 unless given",
  },
  run: (scope, [name = ""], options) =>
    withEngine(scope, async ({ stores, clock }) => {
      const days = wholeNumberOption(options, "days", LIFETIME);
      const text = await issueKey({ stores, clock }, {
        tenant: tenantOption(options),
        name: parseActorName("NAME", name),
        scopes: parseScopes(textOption(options, "scopes", "")),
        purposes: parsePurposes(options),
        groups: groupsOption(options),
        person: options.person === true,
        days,
      });
      scope.terminal.line(text);
      return 0;
    }),
};

/** Who gets a key, and for what. */
export interface KeyGrant {
  readonly tenant: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** What it may read features for; anything if absent. */
  readonly purposes?: readonly string[] | null;
  /** Groups that it speaks for; none if absent. */
  readonly groups?: readonly string[];
  /** Whether a person holds it; a service does if absent. */
  readonly person?: boolean;
  /** Days until it expires. */
  readonly days: number;
}

/**
 * Makes a key and keeps its record.
 *
 * @returns The key's text, which nothing keeps.
 */
export async function issueKey(
  { stores, clock }: Pick<Opened, "stores" | "clock">,
  { days, ...grant }: KeyGrant,
): Promise<string> {
  const createdAt = clock.now();
  const expiresAt = new Date(Date.parse(createdAt) + days * DAY_MS)
    .toISOString();
  const { key, text } = createApiKey({ ...grant, createdAt, expiresAt });
  await stores.keys.save(key);
  return text;
}

function parsePurposes({ purposes }: Options): string[] | null {
  if (typeof purposes !== "string") return null;
  const words = purposes.split(",").map((word) => word.trim());
  const wrong = words.find((word) => !/^[a-z][a-z0-9_]{0,62}$/.test(word));
  if (wrong === undefined) return words;
  throw new EngineError(
    "request_invalid",
    `Cannot make a key for purpose "${wrong}": use a snake_case name`,
  );
}

function parseScopes(text: string): Scope[] {
  return text.split(",").map((word) => {
    const scope = SCOPES.find((known) => known === word.trim());
    if (scope) return scope;
    throw new EngineError(
      "request_invalid",
      `Cannot make a key with scope "${word}": choose among ${
        SCOPES.join(", ")
      }`,
    );
  });
}

/** Lists a tenant's keys. */
export const keysList: Command = {
  name: "keys list",
  about: "the tenant's API keys",
  operands: [],
  options: TENANT,
  run: (scope, _operands, options) =>
    withEngine(scope, async ({ stores }) => {
      const keys = await stores.keys.list(
        tenantOption(options),
      );
      printTable(
        [
          "id",
          "name",
          "scopes",
          "purposes",
          "holder",
          "groups",
          "expires",
          "revoked",
        ].map((
          heading,
        ) => ({
          heading,
        })),
        keys.map((key) => [
          key.id,
          key.name,
          key.scopes.join(","),
          key.purposes?.join(",") ?? "any",
          key.person ? "person" : "service",
          key.groups.join(","),
          key.expiresAt ?? "never",
          key.revokedAt ?? "",
        ]),
      ).forEach(scope.terminal.line);
      return 0;
    }),
};

/** Revokes a key. */
export const keysRevoke: Command = {
  name: "keys revoke",
  about: "revoke an API key",
  operands: ["ID"],
  options: TENANT,
  run: (scope, [id = ""], options) =>
    withEngine(scope, async ({ stores, clock }) => {
      const tenant = tenantOption(options);
      const revoked = await stores.keys.revoke(tenant, id, clock.now());
      if (!revoked) {
        throw new EngineError(
          "not_found",
          `Cannot revoke key "${id}": the tenant has none in force by that id`,
        );
      }
      scope.terminal.line(`revoked ${id}`);
      return 0;
    }),
};
