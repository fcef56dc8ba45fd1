/**
 * Certificates of a CA that exists for one test, made by openssl.
 *
 * @module
 */
import { exists } from "./exists.ts";

/** A certificate and its key, PEM, and where they lie. */
export interface Issued {
  readonly cert: string;
  readonly key: string;
  readonly files: { readonly cert: string; readonly key: string };
}

/** A CA. */
export interface TestCa extends AsyncDisposable {
  readonly folder: string;
  readonly cert: string;
  readonly certFile: string;
  /** Issues a certificate; one whose days are negative has expired. */
  issue(
    name: string,
    options?: { readonly names?: string; readonly days?: number },
  ): Promise<Issued>;
}

/**
 * Options of a test that needs openssl: left out, saying so, where it is not installed;
 * with `REQUIRE_ALL=1` it runs and fails there.
 */
export function needingOpenssl(
  name: string,
): { readonly name: string; readonly ignore: boolean } {
  const path = (Deno.env.get("PATH") ?? "").split(":");
  const absent = !path.some((folder) => exists(`${folder}/openssl`)) &&
    Deno.env.get("REQUIRE_ALL") !== "1";
  return {
    name: absent ? `${name} (left out: no openssl is installed)` : name,
    ignore: absent,
  };
}

/** Makes a CA in a folder of its own. */
export async function createCa(subject = "/CN=test ca"): Promise<TestCa> {
  const folder = await Deno.makeTempDir({ prefix: "ca_" });
  const run = async (...args: readonly string[]) => {
    const command = new Deno.Command("openssl", { args: [...args] });
    const { success, stderr } = await command.output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
  };
  const ec = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  const read = (name: string) => Deno.readTextFile(`${folder}/${name}`);
  await run(
    ...["req", "-x509", ...ec, "-keyout", `${folder}/ca.key`],
    ...["-out", `${folder}/ca.pem`, "-days", "2", "-subj", subject],
  );
  return {
    folder,
    cert: await read("ca.pem"),
    certFile: `${folder}/ca.pem`,
    async issue(name, { names = `DNS:${name}`, days = 1 } = {}) {
      const at = `${folder}/${name}`;
      await run(
        ...["req", ...ec, "-keyout", `${at}.key`, "-out", `${at}.csr`],
        ...["-subj", `/CN=${name}`],
      );
      await Deno.writeTextFile(`${at}.ext`, `subjectAltName=${names}\n`);
      await run(
        ...["x509", "-req", "-in", `${at}.csr`, "-out", `${at}.pem`],
        ...["-CA", `${folder}/ca.pem`, "-CAkey", `${folder}/ca.key`],
        ...["-CAcreateserial", "-days", String(days), "-extfile", `${at}.ext`],
      );
      return {
        cert: await read(`${name}.pem`),
        key: await read(`${name}.key`),
        files: { cert: `${at}.pem`, key: `${at}.key` },
      };
    },
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}
