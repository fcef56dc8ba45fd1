/**
 * `/switches`: kill switches, which stop at once what they name.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import type { Engine } from "../../engine.ts";
import type { Caller } from "../../ports/access.ts";
import type { Scope } from "../../ports/governance.ts";
import { FieldsInvalid } from "../problem.ts";
import { actorOf } from "../access/actor.ts";
import {
  contentFromJson,
  reasonedBody,
  saidBody,
  scopeQuery,
  switchBody,
} from "../wire/change_body.ts";
import { reviewedChangeSchema } from "../wire/change_review_json.ts";
import { nameField } from "../wire/fields.ts";
import {
  type KnownSwitch,
  stopsFromJson,
  switchSchema,
  switchToJson,
} from "../wire/switch_json.ts";
import { reviewFor } from "./change_steps.ts";
import { defineEndpoint, json } from "./endpoint.ts";
import { present } from "./fields.ts";
import { refOf, scopeOf, TAG } from "./governed.ts";

const SUBJECT = "switch:";
const OFF = "null";

const idParams = z.strictObject({
  id: nameField.openapi({ param: { name: "id", in: "path" } }),
});

/** Lists switches. */
export const switchList = defineEndpoint({
  method: "get",
  path: "/switches",
  tag: TAG,
  summary: "List the kill switches that are on",
  scope: "read",
  query: scopeQuery,
  answers: [{
    status: 200,
    about: "The switches",
    schema: z.object({ switches: z.array(switchSchema) }),
  }],
  failures: [],
  async run({ key, query }, { engine }) {
    const switches = await findOn(engine, scopeOf(key, query));
    return json({ switches: switches.map(switchToJson) });
  },
});

/** Turns a switch on. */
export const switchOn = defineEndpoint({
  method: "post",
  path: "/switches",
  act: "even unrecorded",
  idempotency: "optional",
  tag: TAG,
  summary: "Turn a kill switch on",
  about:
    "By one person, at once. It denies all that is all of what it stops, whatever the policies say; a second person is to confirm it. It stays on until its release was agreed with.",
  scope: "stop",
  query: scopeQuery,
  body: switchBody,
  example: {
    ["switch_id"]: "stop_display",
    stops: { channel: "display" },
    reason: "Spend is not as it should be",
  },
  answers: [{
    status: 201,
    about: "The switch, on at the node that answers",
    schema: switchSchema,
  }],
  failures: ["approval_invalid"],
  async run({ key, query, body }, { engine }) {
    const scope = scopeOf(key, query);
    refuseForeign(key, scope, body);
    const { switch_id: id, reason, confirm_hours: confirmHours } = body;
    const by = actorOf(key);
    const on = { id, stops: stopsFromJson(body.stops), reason };
    const { recorded } = await engine.switches.turnOn(scope, {
      ...{ switch: on, by, reason },
      ...confirmHours !== undefined && { confirmHours },
    });
    const at = engine.clock.now();
    const known = recorded
      ? await findRecorded(engine, scope, id)
      : { switch: on, by: by.name, at, change: null };
    return json(switchToJson(known), 201);
  },
});

/** Stands behind a switch. */
export const switchConfirm = defineEndpoint({
  method: "post",
  path: "/switches/{id}/confirm",
  idempotency: "optional",
  tag: TAG,
  summary: "Stand behind a switch that somebody else turned on",
  scope: "approve",
  params: idParams,
  query: scopeQuery,
  body: saidBody,
  answers: [{ status: 200, about: "The switch", schema: switchSchema }],
  failures: ["approval_invalid", "not_found"],
  async run({ key, params, query, body }, { engine }) {
    const known = await findRecorded(engine, scopeOf(key, query), params.id);
    const change = await engine.changes.act(refOf(known.change), {
      ...{ act: "confirm", by: actorOf(key) },
      ...body?.reason !== undefined && { reason: body.reason },
    });
    return json(switchToJson({ ...known, change }));
  },
});

/** Asks for the release of a switch. */
export const switchRelease = defineEndpoint({
  method: "post",
  path: "/switches/{id}/release",
  idempotency: "optional",
  tag: TAG,
  summary: "Propose that a switch be released",
  about:
    "To release is to relax: two people have to agree, and it is on until the change is active.",
  scope: "stop",
  params: idParams,
  query: scopeQuery,
  body: reasonedBody,
  answers: [{
    status: 201,
    about: "The change that releases it, in review",
    schema: reviewedChangeSchema,
  }],
  failures: ["approval_invalid", "not_found"],
  async run({ key, params: { id }, query, body }, { engine }) {
    const { changes } = engine;
    const scope = scopeOf(key, query);
    await findRecorded(engine, scope, id);
    const by = actorOf(key);
    const draft = await changes.propose(scope, {
      ...{ kind: "switch", subject: `${SUBJECT}${id}` },
      title: `Release switch ${id}`,
      ...{ reason: body.reason, by },
      content: contentFromJson("switch", null),
    });
    await changes.check(refOf(draft), by);
    const change = await changes.act(refOf(draft), { act: "submit", by });
    return json(reviewFor(engine, key, change), 201);
  },
});

/** Switches that are on: those of all nodes, and those of this one alone. */
async function findOn(
  { changes, switches }: Pick<Engine, "changes" | "switches">,
  scope: Scope,
): Promise<readonly KnownSwitch[]> {
  const pointers = await changes.pointers(scope);
  const recorded = await Promise.all(
    pointers.filter(({ subject }) => subject.startsWith(SUBJECT))
      .map(async ({ content, change: id }): Promise<KnownSwitch[]> => {
        const text = content === null ? OFF : await changes.content(content);
        if (id === null || text === null || text === OFF) return [];
        const change = await changes.find({ scope, id });
        const { createdBy: by, createdAt: at } = change;
        return [{ switch: JSON.parse(text), by, at, change }];
      }),
  );
  const known = recorded.flat();
  const here = (await switches.list()).filter((one) =>
    one.scope === scope && !known.some((on) => on.switch.id === one.switch.id)
  ).map(({ switch: on, by, at }) => ({
    ...{ switch: on, by: by.name, at, change: null },
  }));
  return [...known, ...here];
}

/** A switch that is on at all nodes. */
async function findRecorded(
  engine: Pick<Engine, "changes" | "switches">,
  scope: Scope,
  id: string,
) {
  const on = await findOn(engine, scope);
  const known = on.find((one) => one.switch.id === id);
  const change = present(known?.change ?? null, "switch", id);
  return { ...present(known ?? null, "switch", id), change };
}

/** A tenant's own switch stops nobody else. */
function refuseForeign(
  { tenant }: Caller,
  scope: Scope,
  { stops }: { readonly stops: { readonly tenant?: string | undefined } },
): void {
  const named = stops.tenant;
  if (scope === null || named === undefined || named === tenant) return;
  throw new FieldsInvalid([{
    path: "stops.tenant",
    message: "a tenant's own switch stops its own alone; leave it out",
  }]);
}
