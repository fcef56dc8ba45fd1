/**
 * Which pushes are HubSpot's: published and derived signatures, and what is near one.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Delivery } from "@moe/plugin";
import { createHubspotVendor } from "../../tests/vendors/hubspot.ts";
import { manualClock } from "../../tests/vendors/manual_clock.ts";
import { Config } from "./config.ts";
import {
  decodeListed,
  sign,
  type Signed,
  verifySignature,
} from "./signature.ts";

const vendor = createHubspotVendor({
  clock: manualClock("2026-11-20T12:00:00.000Z"),
});
const SECRET = String(vendor.config.clientSecret);
const EVENTS = [{ eventId: 1 }];

function isTaken(
  delivery: Delivery,
  more: Partial<Config> = {},
): boolean {
  const config = Config.parse({
    portalId: "1",
    clientSecret: SECRET,
    ...more,
  });
  try {
    verifySignature(delivery, config);
    return true;
  } catch (error) {
    assert.equal((error as { code?: string }).code, "signature_invalid");
    return false;
  }
}

/** What the vectors' file holds. */
interface Vectors {
  readonly vectors: readonly {
    readonly version: "v1" | "v2" | "v3";
    readonly clientSecret: string;
    readonly method?: string;
    readonly uri?: string;
    readonly requestUri?: string;
    readonly body: string;
    readonly timestamp?: string;
    readonly signature: string;
  }[];
  readonly replay: {
    readonly cases: readonly { now: number; accept: boolean }[];
  };
}

async function readVectors(): Promise<Vectors | null> {
  const file = new URL(
    "../../../shared/vectors/ingest/hubspot-signatures.json",
    import.meta.url,
  );
  try {
    return JSON.parse(await Deno.readTextFile(file));
  } catch (error) {
    if (Deno.env.get("REQUIRE_ALL") === "1") throw error;
    return null;
  }
}

type Vector = Vectors["vectors"][number];

function toDelivery(
  { version, body, signature, timestamp, ...vector }: Vector,
): Delivery {
  const { method = "POST", uri = "https://moe.example/hook" } = vector;
  const at = Number(timestamp ?? 1693657560000);
  return {
    method,
    url: vector.requestUri ?? uri,
    body: new TextEncoder().encode(body),
    receivedAt: new Date(at).toISOString(),
    headers: version === "v3"
      ? {
        "x-hubspot-signature-v3": signature,
        "x-hubspot-request-timestamp": timestamp ?? "",
      }
      : {
        "x-hubspot-signature": signature,
        "x-hubspot-signature-version": version,
      },
  };
}

const vectors = await readVectors();

Deno.test({
  name: "hubspot: published signatures hold, and tampered ones do not",
  ignore: vectors === null,
  fn() {
    for (const vector of vectors?.vectors ?? []) {
      const { version: signatureVersion, clientSecret } = vector;
      const config = { signatureVersion, clientSecret };
      const good = toDelivery(vector);
      assert.ok(isTaken(good, config), `${vector.version} is refused`);
      const tampered = [
        { ...good, body: new Uint8Array([...good.body, 32]) },
        {
          ...good,
          headers: Object.fromEntries(
            Object.entries(good.headers).map((
              [name, text],
            ) => [name, name.includes("version") ? text : `${text}0`]),
          ),
        },
        ...(signatureVersion === "v1"
          ? []
          : [{ ...good, method: "PUT" }, { ...good, url: `${good.url}#` }]),
      ];
      for (const bad of tampered) {
        assert.ok(!isTaken(bad, config), `${vector.version} is taken`);
      }
      assert.ok(!isTaken(good, { ...config, clientSecret: "another" }));
    }
  },
});

Deno.test({
  name: "hubspot: a signature of v3 holds for five minutes and no longer",
  ignore: vectors === null,
  fn() {
    const vector = vectors?.vectors.find(({ version }) => version === "v3");
    assert.ok(vector && vectors);
    const config = { clientSecret: vector.clientSecret };
    for (const { now, accept } of vectors.replay.cases) {
      const delivery: Delivery = {
        ...toDelivery(vector),
        receivedAt: new Date(now).toISOString(),
      };
      assert.equal(isTaken(delivery, config), accept);
    }
  },
});

Deno.test("hubspot: twelve escapes of an address are decoded, the others stay", () => {
  assert.equal(
    decodeListed(
      "%3A%2F%3F%40%21%24%27%28%29%2A%2C%3B %3a%2f %20%26%3D%25%2B%23%5B",
    ),
    ":/?@!$'()*,; :/ %20%26%3D%25%2B%23%5B",
  );
});

Deno.test("hubspot: an address signed as it is called holds as well", () => {
  const url = "https://moe.example/hook?to=a%40b";
  assert.ok(isTaken(vendor.push(EVENTS, url)));
  assert.ok(!isTaken({ ...vendor.push(EVENTS, url), url: `${url}c` }));
});

Deno.test("hubspot: an older way of signing is not taken for a newer one", () => {
  const good = vendor.push(EVENTS);
  const signed: Signed = {
    method: "POST",
    url: good.url ?? "",
    body: good.body,
    timestamp: "",
  };
  const older = (version: "v1" | "v2"): Delivery => ({
    ...good,
    headers: {
      "x-hubspot-signature": sign(version, SECRET, signed),
      "x-hubspot-signature-version": version,
    },
  });
  const [v1, v2] = [older("v1"), older("v2")];
  assert.ok(!isTaken(v1));
  assert.ok(!isTaken(v1, { signatureVersion: "v2" }));
  assert.ok(!isTaken(v2, { signatureVersion: "v1" }));
  assert.ok(isTaken(v1, { signatureVersion: "v1" }));
  assert.ok(isTaken(v2, { signatureVersion: "v2" }));
});

Deno.test("hubspot: the secret before holds while it is changed over", () => {
  const delivery = vendor.push(EVENTS);
  assert.ok(!isTaken(delivery, { clientSecret: "new" }));
  assert.ok(
    isTaken(delivery, { clientSecret: "new", previousClientSecret: SECRET }),
  );
});
