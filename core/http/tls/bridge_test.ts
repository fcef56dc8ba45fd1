/**
 * Long answers to slow clients leave nothing behind, and end with the client.
 *
 * @module
 */
import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { answerNode } from "./bridge.ts";

const PIECES = 50;

/** A request on the connection of a client. */
function incomingOf(client: SlowClient): IncomingMessage {
  return {
    ...{ method: "GET", url: "/", rawHeaders: [], socket: client },
    ...{ headers: {}, headersDistinct: {} },
  } as unknown as IncomingMessage;
}

/** A connection that has no room for the next piece until it is told so. */
class SlowClient extends EventEmitter {
  destroyed = false;
  written = 0;
  mostListeners = 0;

  constructor(private readonly leavesAfter: number) {
    super();
  }

  writeHead(): this {
    return this;
  }

  write(): boolean {
    this.written++;
    setTimeout(() => {
      const listeners = this.listenerCount("close");
      this.mostListeners = Math.max(this.mostListeners, listeners);
      this.destroyed = this.written >= this.leavesAfter;
      this.emit(this.destroyed ? "close" : "drain");
    });
    return false;
  }

  end(): this {
    return this;
  }
}

function answer(client: SlowClient, ended: () => void): Promise<void> {
  let left = PIECES;
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      if (left-- > 0) controller.enqueue(new Uint8Array(1));
      else controller.close();
    },
    cancel: ended,
  });
  const outgoing = client as unknown as ServerResponse;
  const incoming = incomingOf(client);
  return answerNode(() => new Response(body), incoming, outgoing);
}

Deno.test("however often a client is waited for, one listener waits", async () => {
  const client = new SlowClient(Infinity);
  await answer(client, () => {});
  assert.deepEqual([client.written, client.mostListeners], [PIECES, 1]);
  assert.deepEqual(
    [client.listenerCount("close"), client.listenerCount("drain")],
    [0, 0],
  );
});

Deno.test("whoever makes an answer is told that its client has gone", async () => {
  const client = new SlowClient(3);
  let ended = false;
  await assert.rejects(answer(client, () => ended = true), /has gone/);
  assert.deepEqual([client.written, ended], [3, true]);
});
