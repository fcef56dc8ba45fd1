/**
 * A connector on its simulated vendor: the engine's own sync, over the engine's own
 * HTTP, on a clock that moves only when somebody waits.
 *
 * @module
 */
import { localTime } from "../../core/domain/day.ts";
import type { Clock } from "../../core/ports/clock.ts";
import { configure } from "../../core/signals/configure.ts";
import { createPersistence } from "../../core/signals/lend/breaker.ts";
import { createCredentials } from "../../core/signals/lend/credentials.ts";
import { lendSource } from "../../core/signals/lend/lend_source.ts";
import { createQuota } from "../../core/signals/lend/quota.ts";
import { openPseudonyms } from "../../core/signals/pseudonym.ts";
import { sync } from "../../core/signals/sync/sync.ts";
import type { SyncReport } from "../../core/signals/sync/sync_report.ts";
import {
  type Connector,
  countDays,
  type HttpClient,
  type Lent,
} from "../contract.ts";
import { type Interference, spoil } from "./interference.ts";
import { rememberFiles } from "./lent.ts";
import { keepInMemory, type MemorySignals } from "./memory_store.ts";
import { type ConnectorSample, nowOf } from "./sample.ts";
import type { Vendor } from "./vendor.ts";

/** What a connector is run on. */
export interface VendorSample<V extends Vendor = Vendor>
  extends Pick<ConnectorSample, "range" | "files" | "now"> {
  vendor(clock: Clock): V;
}

/** Days asked for where the sample names none. */
const DAYS_BACK = 90;

/** A sample that has a vendor. */
export type WithVendor = ConnectorSample & VendorSample;

/** A connector, its vendor, and what it has brought. */
export interface VendorRun<C = unknown, V extends Vendor = Vendor> {
  readonly connector: Connector;
  readonly vendor: V;
  readonly store: MemorySignals;
  /** What the connector is lent: the engine's HTTP, the vendor at its other end. */
  readonly lent: Lent<C>;
  /** Method and path of each request that reached the vendor, in order. */
  readonly calls: readonly string[];
  /** Addresses that the connector asked for, in order. */
  readonly addresses: readonly string[];
  readonly steps: readonly string[];
  /** Syncs once. */
  sync(): Promise<SyncReport>;
  /** Moves the clock. */
  advance(milliseconds: number): void;
  /** Looks at each call as it arrives, and says what is done to its answer. */
  intercept(decide: (call: number) => Interference | null): void;
}

/**
 * Opens a connector on its vendor.
 *
 * @param connector The connector.
 * @param sample Its vendor, the days, and where the clock stands.
 * @returns The connector, ready to be run or to have single calls made of it.
 */
export function openVendor<C, V extends Vendor>(
  connector: Connector<C>,
  sample: VendorSample<V>,
): VendorRun<C, V> {
  const time = manualTime(nowOf(sample));
  const vendor = sample.vendor(time.clock);
  const line = openLine(vendor);
  const addresses: string[] = [];
  const steps: string[] = [];
  const store = keepInMemory();
  const config = configure(connector, structuredClone(vendor.config));
  const given = connector as Connector;
  const lent = lend(given, { config, time, fetch: line.fetch });
  const http = noteAddresses(lent, addresses);
  const files = rememberFiles(sample.files);
  return {
    connector: given,
    vendor,
    store,
    steps,
    addresses,
    calls: line.calls,
    lent: { config, http, files, now: time.clock.now() },
    intercept: line.intercept,
    advance: (milliseconds) => void time.sleep(milliseconds),
    sync: () =>
      sync({
        store,
        clock: time.clock,
        pseudonyms: (tenant) => openPseudonyms(new Uint8Array(32), tenant),
      }, {
        tenant: "kit",
        source: "kit",
        connector: given,
        config: structuredClone(vendor.config),
        files,
        http,
        report: (step) => steps.push(step),
        get initialDays() {
          return daysBack(sample, vendor, time.clock);
        },
      }),
  };
}

function lend(
  connector: Connector,
  { config, time, fetch }: {
    readonly config: unknown;
    readonly time: ReturnType<typeof manualTime>;
    fetch(request: Request): Promise<Response>;
  },
): HttpClient {
  return lendSource({
    connector,
    config,
    name: "kit",
    priority: "fresh",
    clock: time.clock,
    persistence: createPersistence({ ...time, random: () => 0.5 }),
    quota: createQuota(time),
    credentials: createCredentials({ ...time, keep: keepTexts() }),
    fetch,
  });
}

function manualTime(now: string) {
  let ms = Date.parse(now);
  const clock: Clock = { now: () => new Date(ms).toISOString() };
  const sleep = (milliseconds: number) => {
    ms += milliseconds;
    return Promise.resolve();
  };
  return { clock, sleep };
}

/** The line to the vendor. */
function openLine(vendor: Vendor) {
  const calls: string[] = [];
  let decide: (call: number) => Interference | null = () => null;
  return {
    calls,
    intercept(next: typeof decide) {
      decide = next;
    },
    async fetch(request: Request): Promise<Response> {
      const played = decide(calls.length);
      calls.push(`${request.method} ${new URL(request.url).pathname}`);
      if (played === "refused") return new Response("{}", { status: 403 });
      const answer = await vendor.answer(request);
      return played === null ? answer : await spoil(answer, played);
    },
  };
}

function noteAddresses(http: HttpClient, addresses: string[]): HttpClient {
  return {
    json(url, call) {
      addresses.push(url);
      return http.json(url, call);
    },
    text(url, call) {
      addresses.push(url);
      return http.text(url, call);
    },
  };
}

/** Local days from the first that is asked for to the present, whenever that is. */
function daysBack(
  { range }: VendorSample,
  { account }: Vendor,
  clock: Clock,
): number {
  if (!range) return DAYS_BACK;
  const until = localTime(clock.now(), account?.zone ?? "UTC").day;
  return countDays({ from: range.from, until });
}

function keepTexts() {
  const kept = new Map<string, string>();
  return {
    read: (key: string) => Promise.resolve(kept.get(key) ?? null),
    write: (key: string, text: string) => {
      kept.set(key, text);
      return Promise.resolve();
    },
  };
}
