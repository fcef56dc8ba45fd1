/**
 * A tenant's platforms are opened with what the operator gave: the origins that stand
 * in place of hosts, and the configuration that what lends parses for itself.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Connector, HttpClient } from "../../../plugins/contract.ts";
import {
  type Borrower,
  type DestinationScope,
  openTenantDestination,
  type TenantDestination,
} from "./tenant_destination.ts";

const TARGET = {
  target: "campaign:1",
  field: "budget_micros_per_day",
} as const;
const GIVEN = { account: "a-1" };
const VIA = { "ads.example": "http://127.0.0.1:8000" };

/** Its schema takes no configuration twice, as many do not. */
const CONNECTOR: Connector = {
  ...{ name: "ads", apiVersion: 1, about: "ads", secrets: [], hosts: [] },
  ...{ emits: [], restatesDays: 0 },
  config: {
    parse(given) {
      assert.deepEqual(given, GIVEN);
      return { parsed: given };
    },
  },
  destination: {
    read: ({ config }, targets) => {
      assert.deepEqual(config, { parsed: GIVEN });
      return Promise.resolve(targets.map((one) => ({ ...one, value: "1" })));
    },
    write: () => Promise.resolve(),
  },
};

function open(destinations: readonly TenantDestination[]) {
  const borrowers: Borrower[] = [];
  const scope: DestinationScope = {
    destinations: () => destinations,
    connector: () => CONNECTOR,
    lend(borrower) {
      CONNECTOR.config.parse(borrower.config);
      borrowers.push(borrower);
      return {
        files: { text: () => Promise.resolve(null) } as never,
        http: null as unknown as HttpClient,
        now: "2026-04-02T09:00:00.000Z",
      };
    },
    signals: {
      reported: (_, source, { entities }) =>
        Promise.resolve(new Set(source === "google" ? entities : [])),
    },
    clock: { now: () => "2026-04-02T09:00:00.000Z" },
  };
  return { borrowers, destination: openTenantDestination(scope, "acme") };
}

Deno.test("a source is written to by the way that it is read", async () => {
  const { borrowers, destination } = open([
    { source: "google", connector: "ads", config: GIVEN, via: VIA },
    { source: null, connector: "ads", config: GIVEN },
  ]);
  assert.deepEqual(await destination.route?.([TARGET.target]), ["google"]);
  const [read] = await destination.read([{ ...TARGET, route: "google" }]);
  assert.equal(read?.value, "1");
  await destination.read([{ ...TARGET, route: "plans:ads" }]);
  const of = { tenant: "acme", connector: CONNECTOR, config: GIVEN };
  assert.deepEqual(borrowers, [
    { ...of, source: "google", via: VIA },
    { ...of, source: "plans:ads" },
  ]);
});
