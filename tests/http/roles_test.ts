/**
 * Roles: what each may ask for, on every route.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type Role, ROLE_NAMES, ROLES } from "../../core/ports/access.ts";
import type { Scope } from "../../core/ports/access.ts";
import { openCaller } from "./caller.ts";
import { askedOf, KEYED, lineOf } from "./every_route.ts";

/** What tells a role from the others. */
const OWN: Readonly<Record<Role, { may: string; mayNot: string }>> = {
  service: { may: "POST /optimization/score", mayNot: "POST /switches" },
  ["policy_author"]: {
    may: "POST /changes",
    mayNot: "POST /optimization/score",
  },
  approver: {
    may: "POST /changes/{id}/approve",
    mayNot: "POST /changes",
  },
  operator: { may: "POST /switches", mayNot: "POST /changes/{id}/approve" },
  auditor: { may: "GET /audit", mayNot: "POST /switches" },
  admin: { may: "POST /keys", mayNot: "POST /changes/{id}/approve" },
};

Deno.test.each([...ROLE_NAMES])("%s is told from the others", (role) => {
  const scopes: readonly Scope[] = ROLES[role];
  const scopeOf = (line: string) =>
    KEYED.find(({ method, path }) => `${method.toUpperCase()} ${path}` === line)
      ?.scope;
  const may = scopeOf(OWN[role].may);
  const mayNot = scopeOf(OWN[role].mayNot);
  assert.ok(may && mayNot);
  assert.ok(scopes.includes(may));
  assert.ok(!scopes.includes(mayNot));
});

Deno.test("every scope but that of the deployment is some role's", () => {
  const given: ReadonlySet<Scope> = new Set(
    ROLE_NAMES.flatMap((role) => [...ROLES[role]]),
  );
  const asked = new Set(KEYED.map(({ scope }) => scope));
  assert.deepEqual([...asked].filter((scope) => !given.has(scope)), []);
  assert.ok(!given.has("govern"));
});

Deno.test.each([...KEYED])(
  "$method $path opens to roles with its scope alone",
  async (endpoint) => {
    const { ask, stub } = openCaller();
    for (const role of ROLE_NAMES) {
      const scopes: readonly Scope[] = ROLES[role];
      const key = stub.grant({ scopes, role });
      const told = await ask(lineOf(endpoint), { ...askedOf(endpoint), key });
      assert.notEqual(told.status, 401, role);
      const lacks = told.status === 403 &&
        told.body.facts?.scope === endpoint.scope;
      assert.equal(lacks, !scopes.includes(endpoint.scope), role);
    }
  },
);
