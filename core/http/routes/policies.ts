/**
 * `/policies` and `/docs/policies`: the policies in force that concern the tenant, as
 * they are written and in sentences.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import {
  printPolicyIndex,
  printPolicyPage,
  type SpokenPolicy,
} from "../policy_page.tsx";
import { nameField } from "../wire/fields.ts";
import {
  policySetSchema,
  policySetToJson,
  spokenPolicySchema,
  spokenPolicyToJson,
} from "../wire/policy_json.ts";
import { defineEndpoint, json } from "./endpoint.ts";
import { present } from "./fields.ts";

const nameParams = z.strictObject({ name: nameField });
const page = { status: 200, type: "text/html", schema: z.string() };

/** Reads the policies. */
export const policyList = defineEndpoint({
  method: "get",
  path: "/policies",
  tag: "Models and policies",
  summary: "Read the policies in force that concern the tenant",
  scope: "read",
  answers: [{ status: 200, about: "The set", schema: policySetSchema }],
  failures: [],
  run({ key }, { engine }) {
    const { hash, documents } = engine.policies(key.tenant);
    const concerning = documents.filter(({ appliesTo }) =>
      appliesTo?.tenants?.includes(key.tenant) ?? true
    );
    const set = { hash, documents: concerning };
    return Promise.resolve(json(policySetToJson(set)));
  },
});

/** Reads one policy. */
export const policyRead = defineEndpoint({
  method: "get",
  path: "/policies/{name}",
  tag: "Models and policies",
  summary: "Read one policy in force, its rules in sentences",
  scope: "read",
  params: nameParams,
  answers: [{ status: 200, about: "The policy", schema: spokenPolicySchema }],
  failures: ["not_found"],
  async run({ key, params }, { engine }) {
    const all = await Promise.resolve(engine.spokenPolicies(key.tenant));
    return json(spokenPolicyToJson(findPolicy(all, params.name)));
  },
});

/** The policies as a page. */
export const policyIndexPage = defineEndpoint({
  method: "get",
  path: "/docs/policies",
  tag: "Models and policies",
  summary: "Show the policies in force as a page, in sentences",
  scope: "read",
  answers: [{ ...page, about: "The page" }],
  failures: [],
  async run({ key }, { engine }) {
    const all = await Promise.resolve(engine.spokenPolicies(key.tenant));
    return { status: 200, ...printPolicyIndex(all) };
  },
});

/** One policy as a page. */
export const policyPage = defineEndpoint({
  method: "get",
  path: "/docs/policies/{name}",
  tag: "Models and policies",
  summary: "Show one policy in force as a page: sentences, notation and cases",
  scope: "read",
  params: nameParams,
  answers: [{ ...page, about: "The page" }],
  failures: ["not_found"],
  async run({ key, params }, { engine }) {
    const all = await Promise.resolve(engine.spokenPolicies(key.tenant));
    const names = all.map(({ document }) => document.policy);
    const found = findPolicy(all, params.name);
    return { status: 200, ...printPolicyPage(found, names) };
  },
});

function findPolicy(all: readonly SpokenPolicy[], name: string): SpokenPolicy {
  const found = all.find(({ document }) => document.policy === name);
  return present(found ?? null, "policy", name);
}
