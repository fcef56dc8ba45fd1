/**
 * What is damaged in the database, so that an engine finds it as it starts.
 *
 * @module
 */
import assert from "node:assert/strict";
import { DEPLOYMENT } from "../../core/ports/log.ts";
import { eventually } from "../operations/served.ts";
import { CAPS, MODEL } from "./company.ts";
import { answeredBy, type Disturbance, FIRST, OTHER } from "./disturbance.ts";
import type { Ground } from "./ground.ts";
import { isStoppedByPolicies } from "./judge.ts";

/** A model's artifact is not what was registered: the version before decides. */
export const modelDamaged: Disturbance = {
  ...{ name: "model damaged, engine killed", lastsMs: 1500 },
  async begin({ owner, kill9, restart }) {
    await owner(TURN_MODEL, ["acme", MODEL]);
    await kill9(FIRST);
    await restart(FIRST);
  },
  end: ({ owner }) => owner(TURN_MODEL, ["acme", MODEL]),
  isSeen: (sent) =>
    sent.some(({ asked, engine, told }) =>
      engine === FIRST && asked.tenant === "acme" &&
      told?.body.rung === "previous" &&
      told.body.falls[0]?.cause === "artifact_corrupt"
    ),
};

/** The same twice leaves the bytes as they were. */
const TURN_MODEL = `update model_artifact
  set artifact = set_byte(artifact, 20, get_byte(artifact, 20) # 255)
  where tenant = $1 and name = $2 and version = 2`;

/**
 * A tenant's own policies do not read: an engine that never knew them does nothing for it
 * until they do again.
 */
export const policyDamaged: Disturbance = {
  ...{ name: "own policy damaged, engine killed", lastsMs: 1500 },
  async begin(ground) {
    const { owner, kill9, restart } = ground;
    await owner(DAMAGE_POLICY, ["acme"]);
    await kill9(FIRST);
    await restart(FIRST);
    await eventually("it is told", () => isTold(ground, FIRST));
  },
  async end(ground) {
    await ground.owner(MEND_POLICY, ["acme"]);
    await eventually(
      "it is told no more",
      async () => !await isTold(ground, FIRST),
    );
  },
  isSeen: (sent) =>
    sent.some(isStoppedByPolicies) && answeredBy(sent, OTHER) > 0,
  judge(sent) {
    const stopped = sent.filter(isStoppedByPolicies);
    const elsewhere = stopped.filter(({ engine, asked: { tenant, key } }) =>
      tenant !== "acme" || engine !== FIRST && key === null
    );
    assert.deepEqual(elsewhere, [], "who knows them, or has none, goes on");
  },
};

const OWN_CONTENT = `hash = (select content from active_pointer
  where tenant = $1 and subject = 'policies' order by seq desc limit 1)`;
const DAMAGE_POLICY = `update change_content set text = '#' || text
  where ${OWN_CONTENT}`;
const MEND_POLICY = `update change_content set text = substr(text, 2)
  where ${OWN_CONTENT}`;

/**
 * The deployment's policies in force allow more than was approved, and still read well:
 * who verifies finds it, and no engine starts on them. Then others are pointed at that are
 * not kept: an engine that runs tells of it, and goes on with those it knows.
 */
export const deploymentDamaged: Disturbance = {
  ...{ name: "deployment's policy damaged, engine killed", lastsMs: 1500 },
  async begin(ground) {
    const { owner, kill9, restart } = ground;
    await owner(LOOSEN_CAP, [DEPLOYMENT, ...CAP_TEXTS]);
    await eventually("it is found", () => isFound(ground, OTHER));
    await kill9(FIRST);
    await assert.rejects(restart(FIRST), /not what was approved/);
    await owner(TURN_POINTER, [DEPLOYMENT]);
    await eventually("it is told", () => isTold(ground, OTHER));
  },
  async end({ owner, restart }) {
    await owner(TURN_POINTER, [DEPLOYMENT]);
    await owner(LOOSEN_CAP, [DEPLOYMENT, ...CAP_TEXTS.toReversed()]);
    await restart(FIRST);
  },
  isSeen: (sent) => answeredBy(sent, OTHER) > 0,
};

const CAP_TEXTS = [`"to":${CAPS.rival}`, `"to":${CAPS.rival * 9}`];
const LOOSEN_CAP = `update change_content set text = replace(text, $2, $3)
  where ${OWN_CONTENT}`;
/** The same twice leaves it as it was. */
const TURN_POINTER = `update active_pointer set content = reverse(content)
  where tenant = $1 and subject = 'policies'`;

/** Whether an engine tells that policies do not hold, and is ready nevertheless. */
async function isTold(ground: Ground, engine: number): Promise<boolean> {
  const { status, body } = await ask(ground, engine, "GET /readyz");
  return status === 200 && body.degraded.includes("policies");
}

/** Whether who has an engine verify what was approved hears that a text was changed. */
async function isFound(ground: Ground, engine: number): Promise<boolean> {
  const line = "GET /audit/verify?scope=deployment";
  const { status, body } = await ask(ground, engine, line);
  return status === 200 && body.damages.length === 1 &&
    body.damages[0].kind === "changed";
}

async function ask({ call }: Ground, engine: number, line: string) {
  const answer = await call({ engine, tenant: "acme", line });
  return { status: answer.status, body: await answer.json() };
}
