/**
 * Simulated vendors behind a listener on loopback, for engines in processes of their
 * own.
 *
 * @module
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { Clock } from "../../core/ports/clock.ts";
import type { Vendor } from "../../plugins/conformance/vendor.ts";
import { createGoogleAdsVendor } from "../vendors/google_ads.ts";
import { createKlaviyoVendor } from "../vendors/klaviyo.ts";

/** The vendors behind a listener. */
export interface Vendors {
  readonly google: Vendor;
  readonly klaviyo: Vendor;
  readonly clock: Clock;
  readonly origin: string;
  /**
   * Does something at a call from now on, before it is answered; true breaks the
   * answer and the next two off.
   *
   * @returns Whether it was done.
   */
  strikeAt(call: number, strike: () => boolean): () => boolean;
  stop(): Promise<void>;
}

/** Starts them; their time stands, so that their truth is one. */
export async function startVendors(): Promise<Vendors> {
  const at = new Date().toISOString();
  const clock: Clock = { now: () => at };
  const google = createGoogleAdsVendor({ clock });
  const klaviyo = createKlaviyoVendor({ clock });
  let [calls, deadly, dropping] = [0, 0, 0];
  let strike = () => false;
  const listening = await listen(async (request) => {
    if (++calls === deadly && strike()) dropping = 3;
    const events = new URL(request.url).pathname.startsWith("/api/events");
    const answer = await (events ? klaviyo : google).answer(request);
    return dropping-- > 0 ? null : answer;
  });
  return {
    google,
    klaviyo,
    clock,
    ...listening,
    strikeAt(call, next) {
      const at = calls + call;
      deadly = at;
      strike = next;
      return () => calls >= at;
    },
  };
}

/** Serves on loopback; an answer of null breaks the connection in its middle. */
export async function listen(
  answer: (request: Request) => Promise<Response | null>,
): Promise<Pick<Vendors, "origin" | "stop">> {
  const server = createServer(async (asked, answered) => {
    const { method = "GET", url = "/", headers } = asked;
    const body = await text(asked);
    const told = await answer(
      new Request(new URL(url, "http://127.0.0.1"), {
        method,
        headers: headers as Record<string, string>,
        ...(body !== "" && { body }),
      }),
    );
    answered.writeHead(told?.status ?? 200, [...told?.headers ?? []].flat());
    if (told === null) {
      answered.write("{");
      answered.destroy();
    } else answered.end(await told.text());
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}
