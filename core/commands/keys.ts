/**
 * `moe keys`: who may call the engine, and for what.
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";
import { isPurpose } from "../domain/names.ts";
import {
  clashOf,
  isRole,
  type Role,
  ROLE_NAMES,
  ROLES,
  type Scope,
  SCOPES,
} from "../ports/access.ts";
import {
  issueKey as issue,
  KEY_DAYS,
  type KeyGrant,
  noKey,
  OVERLAP_HOURS,
  rotateKey,
} from "../http/access/issue_key.ts";
import { groupsOption, parseActorName } from "./actor.ts";
import { type Command, type Options, textOption } from "./command.ts";
import { type Opened, TENANT, withEngine } from "./open.ts";
import { tenantOption, wholeNumberOption } from "./option.ts";
import { printTable } from "./terminal.ts";

/** Makes a key and shows it once. */
export const keysCreate: Command = {
  name: "keys create",
  about: "make an API key and show it, once",
  operands: ["NAME"],
  options: {
    ...TENANT,
    role: `what it may do, by the name of a role: ${ROLE_NAMES.join(", ")}`,
    scopes: `what it may do, in place of a role, comma-separated: ${
      SCOPES.join(", ")
    }`,
    purposes:
      "what it may read features for, comma-separated; anything unless given",
    groups:
      "groups that it speaks for in reviews of changes, comma-separated; none unless given",
    "person!": "a person holds it, and may agree with changes",
    days: "days until it expires; 90 unless given",
  },
  run: (scope, [name = ""], options) =>
    withEngine(scope, async ({ stores, clock }) => {
      const text = await issueKey({ stores, clock }, {
        tenant: tenantOption(options),
        name: parseActorName("NAME", name),
        ...parseScopes(options),
        purposes: parsePurposes(options),
        groups: groupsOption(options),
        person: options.person === true,
        days: wholeNumberOption(options, "days", KEY_DAYS),
      });
      scope.terminal.line(text);
      return 0;
    }),
};

/**
 * Makes a key and keeps its record.
 *
 * @returns The key's text, which nothing keeps.
 */
export async function issueKey(
  { stores: { keys }, clock }: Pick<Opened, "stores" | "clock">,
  grant: KeyGrant,
): Promise<string> {
  const { text } = await issue({ keys, clock }, grant);
  return text;
}

function parsePurposes({ purposes }: Options): string[] | null {
  if (typeof purposes !== "string") return null;
  const words = purposes.split(",").map((word) => word.trim());
  const wrong = words.find((word) => !isPurpose(word));
  if (wrong === undefined) return words;
  throw refused(`for purpose "${wrong}": use a snake_case name`);
}

function parseScopes(
  options: Options,
): { readonly role: Role | null; readonly scopes: readonly Scope[] } {
  const role = textOption(options, "role", "");
  const text = textOption(options, "scopes", "");
  if ((role === "") === (text === "")) {
    throw refused("for that: give either --role or --scopes");
  }
  if (role === "") return { role: null, scopes: parseWords(text) };
  if (isRole(role)) return { role, scopes: ROLES[role] };
  throw refused(`with role "${role}": choose among ${ROLE_NAMES.join(", ")}`);
}

function parseWords(text: string): Scope[] {
  const scopes = text.split(",").map((word) => {
    const scope = SCOPES.find((known) => known === word.trim());
    if (scope) return scope;
    throw refused(`with scope "${word}": choose among ${SCOPES.join(", ")}`);
  });
  const clash = clashOf(scopes);
  if (clash !== null) throw refused(`with these scopes: ${clash}`);
  return scopes;
}

function refused(why: string): EngineError {
  return new EngineError("request_invalid", `Cannot make a key ${why}`);
}

const COLUMNS = [
  ...["id", "name", "role", "scopes", "purposes", "holder", "groups"],
  ...["last used", "expires", "revoked"],
].map((heading) => ({ heading }));

/** Lists a tenant's keys. */
export const keysList: Command = {
  name: "keys list",
  about: "the tenant's API keys, and when they were last used, to the hour",
  operands: [],
  options: TENANT,
  run: (scope, _operands, options) =>
    withEngine(scope, async ({ stores }) => {
      const keys = await stores.keys.list(tenantOption(options));
      printTable(
        COLUMNS,
        keys.map((key) => [
          ...[key.id, key.name, key.role ?? "", key.scopes.join(",")],
          key.purposes?.join(",") ?? "any",
          key.person ? "person" : "service",
          key.groups.join(","),
          key.usedAt ?? "never",
          key.expiresAt ?? "never",
          key.revokedAt ?? "",
        ]),
      ).forEach(scope.terminal.line);
      return 0;
    }),
};

/** Puts a new key in the place of another and shows it once. */
export const keysRotate: Command = {
  name: "keys rotate",
  about: "make an API key in place of another and show it, once",
  operands: ["ID"],
  options: {
    ...TENANT,
    "overlap-hours":
      "hours for which the old key works beside the new one; 24 unless given",
  },
  run: (scope, [id = ""], options) =>
    withEngine(scope, async ({ stores: { keys }, clock }) => {
      const { text } = await rotateKey({ keys, clock }, {
        tenant: tenantOption(options),
        id,
        overlapHours: wholeNumberOption(
          options,
          "overlap-hours",
          OVERLAP_HOURS,
        ),
      });
      scope.terminal.line(text);
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
      if (!revoked) throw noKey("revoke", id);
      scope.terminal.line(`revoked ${id}`);
      return 0;
    }),
};
