/**
 * Over TLS, whoever sends more than is read, or goes before what they asked for was sent,
 * ends nothing but their own connection.
 *
 * @module
 */
import assert from "node:assert/strict";
import { serveSecure } from "../../core/http/tls/secure_server.ts";
import { eventually } from "../operations/served.ts";
import { createCa, needingOpenssl } from "../servers/certificates.ts";
import { close, hear, say, startRaw, write } from "./raw_server.ts";

/** Beyond what is read of a body, in chunks that come one by one. */
const CHUNK = `3e8\r\n${" ".repeat(1000)}\r\n`;
const CHUNKS = 2000;
/** Requests that come together; pieces of each answer, larger than any buffer. */
const REQUEST = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";
const END = "connection: close\r\n\r\n";
const REQUESTS = 20;
const FLOOD = 2000;
const PIECES = 10;
const PIECE_BYTES = 300_000;

Deno.test({
  ...needingOpenssl("what comes of a body that is too large is passed over"),
  fn: async () => {
    await using server = await startRaw("https");
    const connection = await server.connect();
    try {
      await write(
        connection,
        "POST /optimization/score HTTP/1.1\r\nhost: a\r\nconnection: close\r\n" +
          `authorization: Bearer ${server.key}\r\n` +
          "transfer-encoding: chunked\r\n\r\n",
      );
      const heard = hear(connection);
      for (let n = 0; n < CHUNKS; n++) await write(connection, CHUNK);
      await write(connection, "0\r\n\r\n");
      assert.deepEqual((await heard).statuses, [413]);
    } finally {
      close(connection);
    }
    const { statuses } = await say(
      server,
      "GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n",
    );
    assert.deepEqual(statuses, [200]);
  },
});

Deno.test({
  ...needingOpenssl("what comes together is answered in turn, as it is taken"),
  fn: () =>
    withAnswers(async ({ connect, begun, ended }) => {
      const slow = await connect();
      await write(slow, REQUEST.repeat(REQUESTS));
      await eventually("the first is being answered", () => begun() > 0);
      const other = await connect();
      await write(other, `GET / HTTP/1.1\r\nhost: a\r\n${END}`);
      assert.deepEqual((await hear(other)).statuses, [200]);
      close(other);
      // A few fit into what systems hold for a connection.
      assert.ok(begun() < REQUESTS / 2, String(begun()));
      slow.close();
      await eventually("all that began ended", () => ended() === begun());
    }),
});

Deno.test({
  ...needingOpenssl("whoever asks without end, and takes nothing, is left"),
  fn: () =>
    withAnswers(async ({ connect, begun }) => {
      const flood = await connect();
      await write(flood, REQUEST.repeat(FLOOD));
      await hear(flood);
      close(flood);
      assert.ok(begun() <= 1, String(begun()));
    }),
});

interface Answers {
  connect(): Promise<Deno.TlsConn>;
  /** Requests whose answer was begun, and that ended, so far. */
  begun(): number;
  ended(): number;
}

/** A server of large answers. */
async function withAnswers(
  work: (answers: Answers) => Promise<void>,
): Promise<void> {
  await using ca = await createCa();
  const names = "DNS:localhost,IP:127.0.0.1";
  const { cert, key } = await ca.issue("server", { names });
  let [begun, ended] = [0, 0];
  const local = { hostname: "127.0.0.1", port: 0 };
  const tls = { cert, key, clientCa: null };
  const server = await serveSecure({ ...local, tls }, () => {
    begun++;
    return new Response(largeBody(() => void ended++));
  });
  const at = { ...local, port: server.port, caCerts: [ca.cert] };
  await work({
    connect: () => Deno.connectTls(at),
    begun: () => begun,
    ended: () => ended,
  });
  await server.shutdown();
}

function largeBody(ended: () => void): ReadableStream<Uint8Array<ArrayBuffer>> {
  let left = PIECES;
  return new ReadableStream({
    pull(body) {
      if (left-- > 0) return body.enqueue(new Uint8Array(PIECE_BYTES));
      body.close();
      ended();
    },
    cancel: ended,
  });
}
