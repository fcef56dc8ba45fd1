/**
 * Nobody waits for a change that is looked for beside.
 *
 * @module
 */
import assert from "node:assert/strict";
import { openDeadlines } from "../domain/deadline.ts";
import { EngineError } from "../domain/error.ts";
import { createLookup } from "./lookup.ts";

const START = Date.parse("2026-03-01T00:00:00.000Z");

/** A lookup at a moment that can be set, and questions answered when the test says. */
function open() {
  let ms = 0;
  const asked: PromiseWithResolvers<string>[] = [];
  const lookUp = createLookup({
    now: () => new Date(START + ms).toISOString(),
  });
  const ask = () => {
    const question = Promise.withResolvers<string>();
    asked.push(question);
    return question.promise;
  };
  return {
    lookUp,
    asked,
    at: (to: number) => void (ms = to),
    look: (tenant = "acme") => lookUp(tenant, { question: "champion", ask }),
  };
}

Deno.test("an answer is asked for once by all who want it, and then remembered", async () => {
  const { asked, look, at } = open();
  const [one, two] = [look(), look()];
  asked[0]?.resolve("v1");
  assert.deepEqual(await Promise.all([one, two]), ["v1", "v1"]);
  at(999);
  assert.equal(await look(), "v1");
  assert.equal(asked.length, 1);
  const other = look("other");
  asked[1]?.resolve("theirs");
  assert.equal(await other, "theirs");
});

Deno.test("an aging answer is told until the next is there", async () => {
  const { asked, look, at } = open();
  const first = look();
  asked[0]?.resolve("v1");
  await first;
  at(1500);
  assert.equal(await look(), "v1");
  assert.equal(await look(), "v1");
  assert.equal(asked.length, 2);
  asked[1]?.resolve("v2");
  await asked[1]?.promise;
  await Promise.resolve();
  assert.equal(await look(), "v2");
});

Deno.test("an old answer is waited for, and a failure is not remembered", async () => {
  const { asked, look, at } = open();
  const first = look();
  asked[0]?.resolve("v1");
  await first;
  at(1500);
  await look();
  asked[1]?.reject(new Error("store"));
  at(5000);
  await assert.rejects(asked[1]?.promise ?? Promise.resolve());
  const next = look();
  asked[2]?.resolve("v2");
  assert.equal(await next, "v2");
});

Deno.test("renewing asks anew while the old is told, and ends when the new is there", async () => {
  const { asked, look, lookUp } = open();
  const first = look();
  asked[0]?.resolve("v1");
  await first;
  const renewed = lookUp.renew("acme");
  assert.equal(await look(), "v1");
  asked[1]?.resolve("v2");
  await renewed;
  assert.equal(await look(), "v2");
  assert.equal(asked.length, 2);
  await lookUp.renew("nobody");
  await lookUp.settle();
});

Deno.test("that nothing was found is told for a moment, and not asked anew after it", async () => {
  const { lookUp, at } = open();
  let asked = 0;
  const nothing = (name: string) =>
    lookUp("acme", {
      question: name,
      ask: () => {
        asked++;
        return Promise.resolve(null);
      },
    });
  for (let name = 0; name < 50; name++) await nothing(`champion ${name}`);
  await nothing("champion 0");
  assert.equal(asked, 50);
  at(2000);
  await lookUp.renew("acme");
  assert.equal(asked, 50);
});

Deno.test("a tenant's answers have a limit: nothing found goes first, then the oldest", async () => {
  const { lookUp } = open();
  const asked: string[] = [];
  const ask = (name: string, answer: string | null = name) =>
    lookUp("acme", {
      question: name,
      ask: () => {
        asked.push(name);
        return Promise.resolve(answer);
      },
    });
  await ask("first");
  for (let n = 0; n < 1000; n++) await ask(`unknown ${n}`, null);
  await ask("first");
  assert.equal(asked.length, 1001);
  for (let n = 0; n < 255; n++) await ask(`known ${n}`);
  await ask("first");
  assert.equal(asked.length, 1256);
  await ask("one more");
  await ask("first");
  assert.equal(asked.at(-1), "first");
  asked.length = 0;
  await lookUp.renew("acme");
  assert.equal(asked.length, 256);
});

Deno.test("renewing asks a few at a time, goes on after a failure, and is waited for", async () => {
  const { lookUp } = open();
  let [under, most, fails] = [0, 0, false];
  const ask = async () => {
    most = Math.max(most, ++under);
    await new Promise((turn) => setTimeout(turn, 1));
    under--;
    if (fails) throw new Error("store");
    return "v1";
  };
  for (let n = 0; n < 20; n++) {
    await lookUp("acme", { question: `champion ${n}`, ask });
  }
  most = 0;
  fails = true;
  let renewed = false;
  const renewal = lookUp.renew("acme").then(() => renewed = true);
  await lookUp.settle();
  await Promise.resolve();
  assert.ok(renewed);
  await renewal;
  assert.equal(most, 4);
});

Deno.test("while the store does not answer, what was known is told, and that it is old", async () => {
  const { asked, lookUp, at } = open();
  const away = new EngineError("store_unavailable", "Cannot use the database");
  const deadlines = openDeadlines();
  const look = () =>
    lookUp("acme", {
      question: "champion",
      ask: () => {
        const question = Promise.withResolvers<string>();
        asked.push(question);
        return question.promise;
      },
      deadline: deadlines.start(10),
    });
  const isOld = () => lookUp.isUnconfirmed("acme", "champion");
  const first = look();
  asked[0]?.resolve("v1");
  await first;
  at(5000);
  assert.equal(await look(), "v1", "it hangs");
  assert.equal(isOld(), true);
  at(5500);
  assert.equal(await look(), "v1", "nobody waits again for a moment");
  assert.equal(asked.length, 2);
  asked[1]?.reject(away);
  await new Promise((turn) => setTimeout(turn));
  at(6500);
  const failing = look();
  asked[2]?.reject(away);
  assert.equal(await failing, "v1", "it fails");
  at(8000);
  const back = look();
  asked[3]?.resolve("v2");
  assert.equal(await back, "v2");
  assert.equal(isOld(), false);
  at(12_000);
  const mistaken = look();
  asked[4]?.reject(new TypeError("ours"));
  await assert.rejects(async () => await mistaken, TypeError);
});
