/**
 * A certificate is known by its own names, whatever its holder put into them.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { EngineError } from "../../domain/error.ts";
import { readNames } from "./certificate_names.ts";

/** Made by openssl 3.0 with `-newkey ec -pkeyopt ec_paramgen_curve:P-256`. */
const PLAIN = Uint8Array.fromBase64(
  "MIIBijCCATCgAwIBAgIUOT1LyFjbu2IQ3rqi6HT5LOTHvCQwCgYIKoZIzj0EAwIwEjEQMA4GA1UEAwwHdGVzdCBjYTAeFw0yNjExMjYxNzUyNDVaFw0yNjEyMDExNzUyNDVaMBIxEDAOBgNVBAMMB2JpbGxpbmcwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATMYVfObPHWF3mZe/UR0V7+S1hlP/X/yfIqyh88frwdRqSx+0yi8lhS6kVMaX4PWp1+kOI8/MGonrRsqvLdrFAdo2QwYjAgBgNVHREEGTAXhhVzcGlmZmU6Ly9hY21lL2JpbGxpbmcwHQYDVR0OBBYEFJdh3aT+NhyCrCVQqH+VcmNzxVv3MB8GA1UdIwQYMBaAFOBKkUUJRd0TnmHVZfY/8VeS9LRPMAoGCCqGSM49BAMCA0gAMEUCIQD+7QsKzoeYvAOFsKl9lsz1Z5hwCC+xi+LznXaIoPGkxwIgUAHZatxRBA4rr8dWvWWn/f4usPVPQVNCym2SezvOs5A=",
);
const CUNNING = Uint8Array.fromBase64(
  "MIIB2zCCAYGgAwIBAgIUOT1LyFjbu2IQ3rqi6HT5LOTHvCUwCgYIKoZIzj0EAwIwEjEQMA4GA1UEAwwHdGVzdCBjYTAeFw0yNjExMjYxODExMDNaFw0yNjEyMDExODExMDNaMA8xDTALBgNVBAMMBGV2aWwwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAT0hmVKoTLYdutqissGCp3uLqgqMnG5m1CoOz1kYDlDzjRxFMX15Y+yvC9V30pA4/FlYoQMtF0BXRD9/Z+nl1eYo4G3MIG0MHIGA1UdEQRrMGmCHHgsIFVSSTpzcGlmZmU6Ly9hY21lL2JpbGxpbmeGJ3NwaWZmZTovL2EvYiwgVVJJOnNwaWZmZTovL2FjbWUvYmlsbGluZ4EgYUBiLmMsIFVSSTpzcGlmZmU6Ly9hY21lL2JpbGxpbmcwHQYDVR0OBBYEFHFdhFARaCKmkVtrVt2zkXurp5WyMB8GA1UdIwQYMBaAFOBKkUUJRd0TnmHVZfY/8VeS9LRPMAoGCCqGSM49BAMCA0gAMEUCIC923J8QzIwSrS+1rClz4Zrey8wYfsJGepm+tz/oQwmdAiEA6M2GdX01ZPjDx86viyXoHACdOM+Eisn1Ec7v1cpA1/M=",
);
const TWO_NAMES = Uint8Array.fromBase64(
  "MIIBLDCB0wIUOT1LyFjbu2IQ3rqi6HT5LOTHvCcwCgYIKoZIzj0EAwIwEjEQMA4GA1UEAwwHdGVzdCBjYTAeFw0yNjExMjYxODEzNDFaFw0zNjExMjMxODEzNDFaMCAxDDAKBgNVBAMMA29uZTEQMA4GA1UEAwwHYmlsbGluZzBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABIPkNl1CgQeXla3C6gY9k/n7XQst4Xaavd9w+4RkanQVksiNduMbRWkGLhLdmkEZYIkdnifYkIDQbJxmQI5ZdG4wCgYIKoZIzj0EAwIDSAAwRQIgUwlL+efrJ+yrdEQHxHDzMkzq2oI3sI2eNhKwcjp247QCIQCxdfYqhrd5VFqrT9Ma/rGS7Dn/Llz3M16sJJz6iAdcSw==",
);

Deno.test.each([
  {
    note: "plain names",
    der: PLAIN,
    names: { commonName: "billing", uris: ["spiffe://acme/billing"] },
  },
  {
    note: "names that hold the form of another's",
    der: CUNNING,
    names: {
      commonName: "evil",
      uris: ["spiffe://a/b, URI:spiffe://acme/billing"],
    },
  },
  {
    note: "two common names, of which none counts",
    der: TWO_NAMES,
    names: { commonName: null, uris: [] },
  },
])("readNames() reads $note", ({ der, names }) => {
  assert.deepEqual(readNames(der), names);
});

Deno.test("readNames() reads names or refuses, whatever the bytes", () => {
  const bent = fc.tuple(fc.nat(PLAIN.length - 1), fc.nat(255)).map(
    ([at, byte]) => PLAIN.with(at, byte),
  );
  const cut = fc.nat(PLAIN.length - 1).map((end) => PLAIN.slice(0, end));
  fc.assert(fc.property(
    fc.oneof(fc.uint8Array({ maxLength: 200 }), bent, cut),
    (der) => {
      try {
        assert.ok(Array.isArray(readNames(der).uris));
      } catch (error) {
        assert.ok(error instanceof EngineError, String(error));
        assert.equal(error.code, "credentials_invalid");
      }
    },
  ));
  assert.throws(() => readNames(PLAIN.slice(0, 100)), EngineError);
});
