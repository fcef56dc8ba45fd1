/**
 * A server that is starting is waited for, but not for ever.
 *
 * @module
 */
import assert from "node:assert/strict";
import { EngineError } from "../domain/error.ts";
import { awaitServer } from "./await_server.ts";

function failing(cause: string): EngineError {
  return new EngineError("store_unavailable", "Gone", { facts: { cause } });
}

Deno.test("awaitServer() goes on until the server is there", async () => {
  const answers = [failing("57P03"), failing("ECONNREFUSED"), null];
  const work = () => give(answers.shift() ?? null);
  assert.equal(await awaitServer(work, 60_000), "there");
});

Deno.test("awaitServer() says how long it waited", async () => {
  await assert.rejects(
    awaitServer(() => give(failing("ECONNREFUSED")), 300),
    /did not answer for 0.3 s \(ECONNREFUSED\); start it/,
  );
});

Deno.test("awaitServer() does not wait where waiting helps nobody", async () => {
  for (const cause of ["28P01", "3D000", "42601"]) {
    let attempts = 0;
    await assert.rejects(
      awaitServer(() => {
        attempts++;
        return give(failing(cause));
      }, 60_000),
      /Gone/,
    );
    assert.equal(attempts, 1);
  }
});

function give(error: EngineError | null): Promise<string> {
  return error === null ? Promise.resolve("there") : Promise.reject(error);
}
