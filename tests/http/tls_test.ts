/**
 * Over TLS: who has no certificate of a CA that is believed gets nowhere, who has one is
 * known by it, and certificates are renewed under connections.
 *
 * @module
 */
import assert from "node:assert/strict";
import { readTls, watchTls } from "../../core/commands/tls_files.ts";
import { clientCertificateOf } from "../../core/http/access/client_certificate.ts";
import {
  type SecureServer,
  serveSecure,
} from "../../core/http/tls/secure_server.ts";
import { eventually } from "../operations/served.ts";
import {
  createCa,
  type Issued,
  needingOpenssl,
  type TestCa,
} from "../servers/certificates.ts";

const LOCAL = "DNS:localhost,IP:127.0.0.1";

/** Says who calls, and what with. */
async function echo(request: Request): Promise<Response> {
  const { method, headers, url } = request;
  return Response.json({
    ...{ method, url, body: await request.text() },
    sent: headers.get("x-sent"),
    certificate: clientCertificateOf(request),
  }, { headers: { "set-cookie": "a=1" } });
}

async function serve(
  ca: TestCa,
  shown: Issued,
  fetch: (request: Request) => Response | Promise<Response> = echo,
): Promise<SecureServer> {
  const tls = { cert: shown.cert, key: shown.key, clientCa: ca.cert };
  return await serveSecure({ hostname: "127.0.0.1", port: 0, tls }, fetch);
}

interface Asked extends RequestInit {
  readonly ca: TestCa;
  readonly as?: Issued | undefined;
}

async function ask(
  { port }: SecureServer,
  { ca, as, ...init }: Asked,
): Promise<Response> {
  using client = Deno.createHttpClient({
    caCerts: [ca.cert],
    ...(as && { cert: as.cert, key: as.key }),
  });
  const response = await fetch(`https://127.0.0.1:${port}/a?b=c`, {
    ...{ ...init, client },
  });
  return new Response(await response.bytes(), response);
}

Deno.test({
  ...needingOpenssl("clients are known by certificates, and by nothing else"),
  fn: async (t) => {
    await using ca = await createCa();
    await using elsewhere = await createCa("/CN=test ca");
    const server = await serve(ca, await ca.issue("server", { names: LOCAL }));
    const names = "URI:spiffe://acme/billing,DNS:billing.example";
    const billing = await ca.issue("billing", { names });
    try {
      await t.step("the right one is admitted and known", async () => {
        const response = await ask(server, {
          ...{ ca, as: billing, method: "POST", body: "ünï" },
          headers: { "x-sent": "1" },
        });
        assert.equal(response.headers.get("set-cookie"), "a=1");
        const { certificate, ...told } = await response.json();
        assert.deepEqual(told, {
          ...{ method: "POST", body: "ünï", sent: "1" },
          url: `https://127.0.0.1:${server.port}/a?b=c`,
        });
        const { fingerprint, ...known } = certificate;
        assert.deepEqual(known, {
          commonName: "billing",
          uris: ["spiffe://acme/billing"],
        });
        assert.match(fingerprint, /^[0-9a-f]{64}$/);
      });
      const refused = {
        "without one": undefined,
        "of another CA of the same name": await elsewhere.issue("billing", {
          names,
        }),
        "that has expired": await ca.issue("late", { names, days: -1 }),
      };
      for (const [note, as] of Object.entries(refused)) {
        await t.step(`who comes ${note} is not`, async () => {
          await assert.rejects(ask(server, { ca, as }), TypeError);
        });
      }
      await t.step("a name within a name is not believed", async () => {
        const cunning = await ca.issue("cunning", {
          names: "@all\n[all]\nDNS.1=x, URI:spiffe://acme/billing",
        });
        const response = await ask(server, { ca, as: cunning });
        const { certificate } = await response.json();
        assert.deepEqual(certificate.uris, []);
      });
    } finally {
      await server.shutdown();
    }
  },
});

Deno.test({
  ...needingOpenssl("a certificate is renewed under connections"),
  fn: async () => {
    await using ca = await createCa();
    const first = await ca.issue("first", { names: LOCAL });
    const second = await ca.issue("second", { names: LOCAL });
    const files = {
      ...{ cert: `${ca.folder}/shown.pem`, key: `${ca.folder}/shown.key` },
      clientCa: null,
    };
    const show = async (issued: Issued) => {
      await Deno.writeTextFile(files.cert, issued.cert);
      await Deno.writeTextFile(files.key, issued.key);
    };
    await show(first);
    const known = await readTls(files);
    const server = await serveSecure(
      { hostname: "127.0.0.1", port: 0, tls: known },
      echo,
    );
    const said: string[] = [];
    let renewals = 0;
    const watch = watchTls({ files, known, everyMs: 5 }, {
      changed: (tls) => {
        server.renew(tls);
        renewals++;
      },
      failed: (error) => said.push(String(error)),
    });
    try {
      const opened = await connect(server, ca);
      await ping(opened);
      await Deno.writeTextFile(files.cert, second.cert);
      await eventually("half of it is refused", () => said.length > 0);
      assert.match(said[0] ?? "", /not the key of the certificate/);
      assert.equal(renewals, 0);
      await show(second);
      await eventually("the other is shown", () => renewals > 0);
      await ping(opened);
      opened.close();
      const fresh = await connect(server, ca);
      await ping(fresh);
      fresh.close();
      assert.equal(renewals, 1);
      assert.match(await shownBy(server, ca), /CN ?= ?second/);
    } finally {
      watch.stop();
      await server.shutdown();
    }
  },
});

Deno.test({
  ...needingOpenssl(
    "a stop lets running requests end, and no idle one holds it up",
  ),
  fn: async () => {
    await using ca = await createCa();
    const shown = await ca.issue("server", { names: LOCAL });
    const begun = Promise.withResolvers<void>();
    let waiting = 0;
    const gate = Promise.withResolvers<void>();
    const server = await serve(ca, shown, async (request) => {
      if (request.method === "GET") return new Response("idle");
      if (++waiting === 2) begun.resolve();
      await gate.promise;
      return new Response("done");
    });
    const as = await ca.issue("client");
    const idle = await connect(server, ca, as);
    await ping(idle);
    const asked = ask(server, { ca, as, method: "POST", body: "x" });
    const busy = await connect(server, ca, as);
    const said = say(
      busy,
      "POST /x HTTP/1.1\r\nhost: localhost\r\ncontent-length: 0\r\n\r\n",
    );
    await begun.promise;
    const stopped = server.shutdown();
    gate.resolve();
    assert.equal(await (await asked).text(), "done");
    assert.match(await said, /\r\nconnection: close\r\n/i);
    busy.close();
    await stopped;
    idle.close();
  },
});

Deno.test({
  ...needingOpenssl("what is no request is refused, and the next one answered"),
  fn: async () => {
    await using ca = await createCa();
    const server = await serve(ca, await ca.issue("server", { names: LOCAL }));
    const as = await ca.issue("client");
    try {
      const broken = await connect(server, ca, as);
      const answer = await say(broken, "GET / HTTP/1.1\r\nhost: a b\r\n\r\n");
      assert.match(answer, /^HTTP\/1\.1 400 /);
      broken.close();
      assert.equal((await ask(server, { ca, as })).status, 200);
    } finally {
      await server.shutdown();
    }
  },
});

function connect(
  { port }: SecureServer,
  ca: TestCa,
  as?: Issued,
): Promise<Deno.TlsConn> {
  const where = { hostname: "127.0.0.1", port, caCerts: [ca.cert] };
  return Deno.connectTls(as ? { ...where, cert: as.cert, key: as.key } : where);
}

async function ping(connection: Deno.TlsConn): Promise<void> {
  const said = await say(
    connection,
    "GET /x HTTP/1.1\r\nhost: localhost\r\n\r\n",
  );
  assert.match(said, /^HTTP\/1\.1 200 /);
}

async function say(connection: Deno.TlsConn, text: string): Promise<string> {
  await connection.write(new TextEncoder().encode(text));
  let answer = "";
  const bytes = new Uint8Array(4096);
  while (!/\r\n\r\n(?:[^]*0\r\n\r\n)?$/.test(answer)) {
    const read = await connection.read(bytes);
    if (read === null) break;
    answer += new TextDecoder().decode(bytes.subarray(0, read));
  }
  return answer;
}

async function shownBy({ port }: SecureServer, ca: TestCa): Promise<string> {
  const { stdout } = await new Deno.Command("openssl", {
    args: [
      ...["s_client", "-connect", `127.0.0.1:${port}`],
      ...["-CAfile", ca.certFile],
    ],
    stdin: "null",
  }).output();
  return new TextDecoder().decode(stdout);
}
