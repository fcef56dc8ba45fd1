/**
 * `/docs/changes`: changes as pages.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import { printChangeIndex, printChangePage } from "../change_page.tsx";
import { scopeQuery } from "../wire/change_body.ts";
import { permittedSteps } from "./change_steps.ts";
import { defineEndpoint } from "./endpoint.ts";
import { idParams } from "./fields.ts";
import { reach, refOf, scopeOf, TAG } from "./governed.ts";

const LIMIT = 100;

const page = {
  status: 200,
  about: "The page",
  type: "text/html",
  schema: z.string(),
};

/** Changes as a page. */
export const changeIndexPage = defineEndpoint({
  method: "get",
  path: "/docs/changes",
  tag: TAG,
  summary: "Show changes as a page, latest first",
  scope: "read",
  query: scopeQuery,
  answers: [page],
  failures: [],
  async run({ key, query }, { engine }) {
    const changes = await engine.changes.list(scopeOf(key, query), {
      limit: LIMIT,
    });
    return { status: 200, ...printChangeIndex(changes) };
  },
});

/** One change as a page. */
export const changePage = defineEndpoint({
  method: "get",
  path: "/docs/changes/{id}",
  tag: TAG,
  summary: "Show a change as a page: what it does, evidence, who agrees",
  scope: "read",
  params: idParams,
  answers: [page],
  failures: ["not_found"],
  async run({ key, params }, { engine }) {
    const change = await reach(engine, key, params.id);
    const { changes } = engine;
    const shown = {
      change,
      review: changes.review(change),
      permitted: permittedSteps(changes, key, change),
      events: await changes.history(refOf(change)),
    };
    return { status: 200, ...printChangePage(shown) };
  },
});
