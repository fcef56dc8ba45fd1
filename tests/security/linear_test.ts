/**
 * What callers send is looked at in a time that grows with its length and not with the
 * square of it: a megabyte costs moments. Only minutes fail.
 *
 * @module
 */
import assert from "node:assert/strict";
import { openCaller } from "../http/caller.ts";

/** A hundred times as long as each step should take; what grows as a square takes longer. */
const STEP_MS = 60_000;

const LONG = 1_000_000;
const SHORT = 150_000;
const TEXT = longText("a1 ", LONG);
const BODIES: Readonly<Record<string, string>> = {
  "a long text": JSON.stringify({ context: { campaign: TEXT } }),
  "a long name": JSON.stringify({ [TEXT]: 1, context: { [TEXT]: TEXT } }),
  "a long number": `{"context":{},"features":{"a.b":${"1".repeat(LONG)}}}`,
  "digits as text": JSON.stringify({
    context: {},
    constraints: { ["max_bid_micros"]: "9".repeat(LONG) },
  }),
  "many names": JSON.stringify(
    Object.fromEntries(
      Array.from({ length: 90_000 }, (_, at) => [`n${at}`, 1]),
    ),
  ),
  "many actions": JSON.stringify({
    context: {},
    constraints: { actions: Array.from({ length: 200_000 }, () => "bid") },
  }),
  "the same name again": `{${'"context":{},'.repeat(70_000)}"context":{}}`,
  "an unended text": `{"context":"${"\\u0041".repeat(160_000)}`,
  "many brackets": `${"[".repeat(LONG)}${"]".repeat(LONG)}`,
};
const HEADERS = ["authorization", "idempotency-key", "traceparent"]
  .concat("x-request-id", "x-deadline-ms", "content-type", "content-encoding");
const MARKS = ["a", "-", "Bearer ", "0", "\\", '"', "application/", "."];

Deno.test("no body and no header is so long that it is not answered", async () => {
  const { ask } = openCaller(2 * LONG);
  const asked = { headers: { "content-type": "application/json" } };
  for (const [note, raw] of Object.entries(BODIES)) {
    const { status } = await ask("POST /optimization/score", { raw, ...asked });
    assert.ok(status === 200 || status >= 400 && status < 500, note);
  }
  for (const name of HEADERS) {
    for (const mark of MARKS) {
      const { status } = await ask("POST /optimization/score", {
        body: { context: {} },
        headers: { [name]: longText(mark, SHORT) },
      });
      assert.ok(status < 500, `${name} of ${mark}`);
    }
  }
});

Deno.test("no text is so hostile that looking at it does not end", async () => {
  const steps = await stepsOf(new URL("./linear_work.ts", import.meta.url));
  assert.ok(steps.length > 80, String(steps.length));
});

/** What a worker tells until it tells the end; rejects if a step takes too long. */
async function stepsOf(script: URL): Promise<readonly string[]> {
  const worker = new Worker(script, { type: "module" });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const steps: string[] = [];
  const late = () => reject(new Error(`After "${steps.at(-1)}" no end comes`));
  let timer: ReturnType<typeof setTimeout> | undefined;
  worker.onmessage = ({ data }) => {
    clearTimeout(timer);
    if (data === null) return resolve();
    steps.push(data);
    timer = setTimeout(late, STEP_MS);
  };
  worker.onerror = (event) => {
    event.preventDefault();
    reject(new Error(event.message));
  };
  try {
    await promise;
    return steps;
  } finally {
    clearTimeout(timer);
    worker.terminate();
  }
}

function longText(unit: string, length: number): string {
  return `${unit.repeat(Math.ceil(length / unit.length)).slice(0, length)}!`;
}
