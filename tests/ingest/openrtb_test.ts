/**
 * OpenRTB without code of its own: the specification's examples, delivered by a
 * webhook and read by a mapping.
 *
 * @module
 */
import assert from "node:assert/strict";
import mapping from "../../connectors/webhook/fixtures/openrtb_mapping.json" with {
  type: "json",
};
import connector from "../../connectors/webhook/connector.ts";
import { sign } from "../../connectors/webhook/signature.ts";
import type { EventSignal } from "../../plugins/contract.ts";
import { checkSignals } from "../../plugins/conformance/test.ts";

const FOLDER = new URL(
  "../../../shared/vectors/ingest/fixtures/openrtb/",
  import.meta.url,
);
const RECEIVED = "2026-11-05T12:00:00.000Z";
const TERMS = { scheme: "x_hub_signature_256", secret: "a-secret-of-a-bidder" };
const examples = readExamples();

function readExamples(): Uint8Array[] | null {
  try {
    const names = [...Deno.readDirSync(FOLDER)].map(({ name }) => name).sort();
    return names.map((name) => Deno.readFileSync(new URL(name, FOLDER)));
  } catch (error) {
    const absent = error instanceof Deno.errors.NotFound;
    if (!absent || Deno.env.get("REQUIRE_ALL") === "1") throw error;
    return null;
  }
}

function receive(body: Uint8Array): EventSignal {
  const signature = sign("x_hub_signature_256", TERMS.secret, {
    headers: {},
    body,
  });
  const receipt = connector.receive?.({
    config: connector.config.parse({ ...TERMS, mapping }),
    delivery: {
      headers: { "x-hub-signature-256": signature },
      body,
      receivedAt: RECEIVED,
    },
  });
  assert.deepEqual(receipt?.rejects, []);
  assert.deepEqual(checkSignals(connector, receipt.signals), []);
  const [event, ...others] = receipt.signals as EventSignal[];
  assert.ok(event);
  assert.deepEqual(others, []);
  return event;
}

Deno.test({
  name: `OpenRTB is read by a mapping${
    examples ? "" : " (skipped: ../shared/vectors/ingest is absent)"
  }`,
  ignore: examples === null,
  fn() {
    const events = (examples ?? []).map(receive);
    const { ["Bid Request"]: requests = [], ["Bid Won"]: won = [] } = Object
      .groupBy(events, ({ type }) => type);
    assert.equal(requests.length, 5);
    assert.equal(won.length, 4);
    assert.deepEqual(requests[2], {
      grain: "event",
      eventId: "request-IxexyLDIIk",
      type: "Bid Request",
      occurredAt: RECEIVED,
      entities: {
        subject: "ffffffd5135596709273b3a1a07e466ea2bf4fff",
        channel: "programmatic",
        placement: "app-agltb3B1Yi1pbmNyDAsSA0FwcBiJkfIUDA",
      },
      valueMicros: null,
      currency: null,
      properties: {
        ["imp_id"]: "1",
        ["bidfloor_cpm"]: 0.5,
        bidfloorcur: null,
        ["deal_id"]: null,
        ["tmax_ms"]: null,
        os: "iOS",
      },
    });
    assert.equal(requests[3]?.entities.placement, "site-1345135123");
    assert.deepEqual(won.map(({ properties }) => properties.price_cpm), [
      9.43,
      3,
      5,
      3,
    ]);
    assert.equal(won[2]?.properties.deal_id, "ABC-1234-6789");
    assert.equal(won[0]?.properties.campaign_id, "campaign111");
  },
});
