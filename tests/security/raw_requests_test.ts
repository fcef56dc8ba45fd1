/**
 * Bytes that two servers in a row could read in two ways are refused, by the server of
 * plain HTTP and by that of TLS; nobody who is slow is in others' way.
 *
 * @module
 */
import assert from "node:assert/strict";
import { needingOpenssl } from "../servers/certificates.ts";
import {
  close,
  hear,
  hearOnce,
  type RawServer,
  say,
  startRaw,
  write,
} from "./raw_server.ts";

const BODY = '{"context":{"campaign":"c-1"}}';
const END = "connection: close\r\n";
/** More than one, fewer than a process may have files. */
const SLOW_CALLERS = 200;

function score(key: string, headers = "", body = BODY): string {
  return `POST /optimization/score HTTP/1.1\r\nhost: a\r\n` +
    `authorization: Bearer ${key}\r\n${headers}\r\n${body}`;
}

/** Bodies of which it is not certain where they end; each hides a second request. */
const SMUGGLED: Readonly<Record<string, (key: string) => string>> = {
  "length and chunks": (key) =>
    score(
      key,
      "content-length: 4\r\ntransfer-encoding: chunked\r\n",
      `5c\r\n${score(key)}\r\n0\r\n\r\n`,
    ),
  "chunks and length": (key) =>
    score(
      key,
      `transfer-encoding: chunked\r\ncontent-length: ${BODY.length}\r\n`,
      `0\r\n\r\n${score(key, `content-length: ${BODY.length}\r\n`)}`,
    ),
  "two lengths": (key) =>
    score(
      key,
      `content-length: 0\r\ncontent-length: ${BODY.length}\r\n`,
    ),
  "a list of lengths": (key) => score(key, "content-length: 0, 30\r\n"),
  "a signed length": (key) => score(key, `content-length: +${BODY.length}\r\n`),
  "a negative length": (key) => score(key, "content-length: -1\r\n"),
  "a length beyond numbers": (key) =>
    score(key, "content-length: 99999999999999999999\r\n"),
  "a hexadecimal length": (key) => score(key, "content-length: 0x1e\r\n"),
  "chunks by another name": (key) =>
    score(key, "transfer-encoding: xchunked\r\n", "0\r\n\r\n"),
  "chunks that are not last": (key) =>
    score(key, "transfer-encoding: chunked, identity\r\n", "0\r\n\r\n"),
  "chunks behind a control character": (key) =>
    score(key, "transfer-encoding: \x0bchunked\r\n", "0\r\n\r\n"),
  "a space before the colon": (key) =>
    score(key, `content-length : ${BODY.length}\r\n`),
  "a folded header": (key) =>
    score(key, `x-a: b\r\n content-length: ${BODY.length}\r\n`),
  "a chunk too long for numbers": (key) =>
    score(key, "transfer-encoding: chunked\r\n", "fffffffffffffffff\r\nx"),
  "a zero byte in a header": (key) =>
    score(key, `x-a: b\0c\r\ncontent-length: ${BODY.length}\r\n`),
  "a return in a header": (key) =>
    score(key, `x-a: b\rc\r\ncontent-length: ${BODY.length}\r\n`),
  "two hosts": (key) =>
    score(key, `host: b\r\ncontent-length: ${BODY.length}\r\n`),
};

/** What is one request, and how it is answered. */
const READ: Readonly<
  Record<string, { readonly text: (key: string) => string; status: number }>
> = {
  "a body by its length": {
    text: (key) => score(key, `${END}content-length: ${BODY.length}\r\n`),
    status: 200,
  },
  "a body in chunks with an extension and a trailer": {
    text: (key) =>
      score(
        key,
        `${END}transfer-encoding: chunked\r\ntrailer: authorization\r\n`,
        `1e;a=b\r\n${BODY}\r\n0\r\nauthorization: Bearer x\r\n\r\n`,
      ),
    status: 200,
  },
  "HTTP/1.0": { text: () => "GET /healthz HTTP/1.0\r\n\r\n", status: 200 },
  "an address in place of a path": {
    text: () =>
      `GET http://evil.example/healthz HTTP/1.1\r\nhost: a\r\n${END}\r\n`,
    status: 200,
  },
  "a host with a path": {
    text: () => `GET /healthz HTTP/1.1\r\nhost: a/metrics?\r\n${END}\r\n`,
    status: 400,
  },
  "a host with a space": {
    text: () => `GET /healthz HTTP/1.1\r\nhost: a b\r\n${END}\r\n`,
    status: 400,
  },
  "a host with a name before it": {
    text: () => `GET /healthz HTTP/1.1\r\nhost: u@a\r\n${END}\r\n`,
    status: 400,
  },
  "a path that begins as an address does": {
    text: () => `GET //healthz/metrics HTTP/1.1\r\nhost: a\r\n${END}\r\n`,
    status: 404,
  },
  "steps up a path": {
    text: () =>
      `GET /docs/..%2f..%2fetc%2fpasswd HTTP/1.1\r\nhost: a\r\n${END}\r\n`,
    status: 404,
  },
  "a zero byte in a path": {
    text: (key) =>
      `GET /decisions/dec_1%00.json HTTP/1.1\r\nhost: a\r\n${END}` +
      `authorization: Bearer ${key}\r\n\r\n`,
    status: 422,
  },
  "a method that a header names": {
    text: (key) =>
      `GET /optimization/score HTTP/1.1\r\nhost: a\r\n${END}` +
      `authorization: Bearer ${key}\r\nx-http-method-override: POST\r\n\r\n`,
    status: 405,
  },
  "a method that nobody knows": {
    text: () => `PURGE /healthz HTTP/1.1\r\nhost: a\r\n${END}\r\n`,
    status: 405,
  },
};

for (const scheme of ["http", "https"] as const) {
  const { name, ignore } = scheme === "https"
    ? needingOpenssl("over https, ")
    : { name: "over http, ", ignore: false };

  Deno.test({
    name: `${name}what can be read in two ways is refused`,
    ignore,
    fn: async (t) => {
      await using server = await startRaw(scheme);
      for (const [note, text] of Object.entries(SMUGGLED)) {
        await t.step(note, async () => {
          const { statuses, text: said } = await say(server, text(server.key));
          assert.ok(statuses.every((status) => status === 400), said);
          assert.ok(statuses.length <= 1, said);
          assert.equal(server.stub.decided.length, 0);
        });
      }
    },
  });

  Deno.test({
    name: `${name}what is a request is read as it is meant`,
    ignore,
    fn: async (t) => {
      await using server = await startRaw(scheme);
      for (const [note, { text, status }] of Object.entries(READ)) {
        await t.step(note, async () => {
          const { statuses, text: said } = await say(server, text(server.key));
          assert.deepEqual(statuses, [status], said);
          assert.doesNotMatch(said, /evil\.example/);
        });
      }
    },
  });

  Deno.test({
    name: `${name}lines and headers have an end`,
    ignore,
    fn: async () => {
      await using server = await startRaw(scheme);
      const start = "GET /healthz HTTP/1.1\r\nhost: a\r\n";
      for (
        const text of [
          `GET /${"a".repeat(600_000)} HTTP/1.1\r\nhost: a\r\n\r\n`,
          `${start}x-a: ${"a".repeat(600_000)}\r\n\r\n`,
          `${start}${"x-a: b\r\n".repeat(40_000)}\r\n`,
        ]
      ) {
        const { statuses, text: said } = await say(server, text);
        const [status = 431] = statuses;
        assert.ok([400, 414, 431].includes(status), said.slice(0, 200));
      }
      await demandAnswer(server);
    },
  });

  Deno.test({
    name: `${name}requests in a row on one connection are answered in turn`,
    ignore,
    fn: async () => {
      await using server = await startRaw(scheme);
      const one = "GET /healthz HTTP/1.1\r\nhost: a\r\n";
      const { statuses } = await say(
        server,
        `${one}\r\n`.repeat(20) + `GET /none HTTP/1.1\r\nhost: a\r\n${END}\r\n`,
      );
      assert.deepEqual(statuses, [...Array(20).fill(200), 404]);
    },
  });

  Deno.test({
    name: `${name}who is slow is not in others' way, and a body has its time`,
    ignore,
    fn: async () => {
      await using server = await startRaw(scheme);
      const slow = await Promise.all(
        Array.from({ length: SLOW_CALLERS }, () => server.connect()),
      );
      try {
        for (const connection of slow) {
          await write(connection, "GET /healthz HTTP/1.1\r\nho");
        }
        await demandAnswer(server);
        const late = await server.connect();
        slow.push(late);
        const terms = "x-deadline-ms: 50\r\ncontent-length: 1000\r\n";
        await write(late, score(server.key, terms, "{"));
        assert.match(await hearOnce(late), /^HTTP\/1\.1 504 /);
      } finally {
        slow.forEach(close);
      }
    },
  });
}

async function demandAnswer(server: RawServer): Promise<void> {
  const connection = await server.connect();
  try {
    await write(connection, `GET /healthz HTTP/1.1\r\nhost: a\r\n${END}\r\n`);
    const { statuses } = await hear(connection);
    assert.deepEqual(statuses, [200]);
  } finally {
    close(connection);
  }
}
