/**
 * Keys of the caller's tenant. Nobody gives more than they have, and keys of people,
 * which agree with changes, are made at the machine alone. What makes a key takes no
 * Idempotency-Key: a kept answer would keep the secret.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import { isReservedName } from "../../domain/change.ts";
import { EngineError } from "../../domain/error.ts";
import { plainName } from "../../domain/names.ts";
import {
  type ApiKey,
  type Caller,
  clashOf,
  ROLES,
} from "../../ports/access.ts";
import {
  type IssuedKey,
  issueKey,
  noKey,
  rotateKey,
} from "../access/issue_key.ts";
import { FieldsInvalid } from "../problem.ts";
import {
  issuedKeySchema,
  keyBody,
  keyRotationBody,
  keySchema,
  keyToJson,
} from "../wire/key_json.ts";
import { defineEndpoint, json, type Reply } from "./endpoint.ts";

const TAG = "Keys";

const params = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{16}$/, "expected the id of a key").openapi({
    param: { name: "id", in: "path" },
  }),
});

/** Lists keys. */
export const keyList = defineEndpoint({
  method: "get",
  path: "/keys",
  tag: TAG,
  summary: "List the tenant's keys, without their secrets",
  scope: "administer",
  answers: [{
    status: 200,
    about: "The keys, oldest first",
    schema: z.object({ keys: z.array(keySchema) }),
  }],
  failures: [],
  async run({ key }, { engine }) {
    const keys = await engine.keys.list(key.tenant);
    return json({ keys: keys.map(keyToJson) });
  },
});

/** Makes a key. */
export const keyMake = defineEndpoint({
  method: "post",
  path: "/keys",
  tag: TAG,
  summary: "Make a key for a system, and show it once",
  about:
    "It may do no more than who asks for it. A key of a person is made by `moe keys create --person` alone.",
  scope: "administer",
  body: keyBody,
  example: { name: "bidder", role: "service" },
  answers: [{ status: 201, about: "The key", schema: issuedKeySchema }],
  failures: [],
  async run({ key: caller, body }, { engine }) {
    const { role, days } = body;
    const scopes = role === undefined ? body.scopes ?? [] : ROLES[role];
    const purposes = body.purposes ?? caller.purposes;
    demandOwn(caller, { scopes, purposes });
    const issued = await issueKey(engine, {
      tenant: caller.tenant,
      name: serviceName(body.name),
      ...{ scopes, purposes, role: role ?? null, days },
    });
    return shown(issued, 201);
  },
});

/** Puts a new key in the place of another. */
export const keyRotate = defineEndpoint({
  method: "post",
  path: "/keys/{id}/rotate",
  tag: TAG,
  summary: "Put a new key in the place of another, and show it once",
  about:
    "For the same system and the same things. The old key works on for the overlap.",
  scope: "administer",
  params,
  body: keyRotationBody,
  answers: [{ status: 201, about: "The new key", schema: issuedKeySchema }],
  failures: ["not_found"],
  async run({ key: caller, params: { id }, body }, { engine }) {
    const { tenant } = caller;
    const asked = { tenant, id, overlapHours: body["overlap_hours"] };
    const issued = await rotateKey(engine, asked, (old) => {
      refusePerson(old);
      demandOwn(caller, old);
    });
    return shown(issued, 201);
  },
});

/** Revokes a key. */
export const keyRevoke = defineEndpoint({
  method: "post",
  path: "/keys/{id}/revoke",
  tag: TAG,
  summary: "Revoke a key",
  about: "Other nodes may take it for five seconds more.",
  scope: "administer",
  params,
  answers: [{
    status: 200,
    about: "It is revoked",
    schema: z.object({ ["key_id"]: z.string() }),
  }],
  failures: ["not_found"],
  async run({ key, params: { id } }, { engine }) {
    const at = engine.clock.now();
    if (await engine.keys.revoke(key.tenant, id, at)) {
      return json({ ["key_id"]: id });
    }
    throw noKey("revoke", id);
  },
});

function shown({ key, text }: IssuedKey, status: number): Reply {
  return json({ ...keyToJson(key), secret: text }, status);
}

/** Nobody gives what they do not have. */
function demandOwn(
  caller: Caller,
  { scopes, purposes }: Pick<Caller, "scopes" | "purposes">,
): void {
  const clash = clashOf(scopes);
  if (clash !== null) throw denied(caller, clash);
  const more = scopes.find((scope) => !caller.scopes.includes(scope));
  if (more !== undefined) {
    throw denied(
      caller,
      `it would have the scope "${more}", which its maker lacks`,
    );
  }
  const { purposes: own } = caller;
  if (own === null) return;
  if (purposes === null || !purposes.every((one) => own.includes(one))) {
    throw denied(caller, "its maker may not read features for all of that");
  }
}

/** Who renews the key of a person acts as that person. */
function refusePerson({ id, person }: ApiKey): void {
  if (!person) return;
  throw new EngineError(
    "access_denied",
    `Cannot rotate key "${id}": a person holds it; use "moe keys rotate"`,
    { facts: { key: id } },
  );
}

function serviceName(text: string): string {
  const name = plainName(text);
  if (name !== null && !isReservedName(name)) return name;
  throw new FieldsInvalid([{
    path: "name",
    message: "the engine itself acts by that name; give another",
  }]);
}

function denied({ id }: Caller, reason: string): EngineError {
  return new EngineError(
    "access_denied",
    `Cannot make a key with key "${id}": ${reason}`,
    { facts: { key: id } },
  );
}
