/**
 * Open-loop load on engines: requests come at a fixed rate, whether those before were
 * answered or not, and what came of each is written down.
 *
 * @module
 */
import { type Keys, MODEL, type Tenant, TENANTS, VALUE } from "./company.ts";

/** What a request is about, which says how its answer is judged. */
export type Purpose = "plain" | "refused" | "limited" | "paid" | "stopped";

/** A request, as it may be sent more than once. */
export interface Asked {
  readonly tenant: Tenant;
  readonly purpose: Purpose;
  /** Whom it is about; with a key, nobody else's request is. */
  readonly subject: string;
  readonly value: number;
  /** Its Idempotency-Key; null for none. */
  readonly key: string | null;
}

/** What came of a request. */
export interface Told {
  readonly status: number;
  readonly retryAfter: string | null;
  // deno-lint-ignore no-explicit-any -- answers of any shape are looked into
  readonly body: any;
}

/** A request that was sent, and what came of it. */
export interface Sent {
  readonly asked: Asked;
  /** Place of the engine. */
  readonly engine: number;
  /** On the clock of `performance.now`. */
  readonly sentMs: number;
  readonly answeredMs: number;
  /** Null where the connection broke. */
  readonly told: Told | null;
}

/** Where requests go. */
export interface Target {
  /** Address of an engine now, by its place. */
  url(engine: number): string;
  readonly engines: number;
  readonly keys: Keys;
}

/** Load that comes until it is stopped. */
export interface Load {
  /** All that was answered so far, in order of the answers. */
  readonly sent: readonly Sent[];
  /** Waits until everything is answered. */
  stop(): Promise<void>;
}

/** An answer that takes longer is none, whatever the disturbance. */
const HANGING_MS = 15_000;
const CAMPAIGNS: Readonly<Record<Purpose, string>> = {
  plain: "c-open",
  refused: "c-open",
  limited: "c-open",
  paid: "c-paid",
  stopped: "c-stopped",
};
const PURPOSES: readonly Purpose[] = [
  ...["plain", "limited", "plain", "paid", "plain", "stopped"] as const,
  ...["plain", "refused"] as const,
];
/** People that limited requests share; the limit is soon reached for some. */
const PEOPLE = 5;

/**
 * Starts it.
 *
 * @param target Where it goes.
 * @param perSecond Requests a second, over all engines.
 */
export function startLoad(target: Target, perSecond: number): Load {
  const sent: Sent[] = [];
  const underWay = new Set<Promise<void>>();
  const startedMs = performance.now();
  let count = 0;
  function send(asked: Asked, engine: number): void {
    const sending = ask(target, asked, engine).then((one) => {
      sent.push(one);
      underWay.delete(sending);
    });
    underWay.add(sending);
  }
  const timer = setInterval(() => {
    const due = (performance.now() - startedMs) * perSecond / 1000;
    for (; count < due; count++) {
      const asked = draw(count);
      const engine = count % target.engines;
      send(asked, engine);
      const isDoubled = asked.key !== null && count % 4 === 0;
      if (isDoubled) send(asked, (engine + 1) % target.engines);
    }
  }, 5);
  return {
    sent,
    async stop() {
      clearInterval(timer);
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}

/** The request of a place in the row: one in two has a key, of each purpose and company. */
function draw(count: number): Asked {
  const round = Math.floor(count / 2);
  const cycle = Math.floor(round / PURPOSES.length);
  const purpose = PURPOSES[round % PURPOSES.length] ?? "plain";
  const isKeyed = (round + Math.floor(cycle / 2)) % 2 === 0;
  const isShared = purpose === "limited" && !isKeyed;
  return {
    ...{ purpose, key: isKeyed ? `k-${count}` : null },
    tenant: TENANTS[cycle % 2] ?? "acme",
    subject: isShared ? `p-${count * 7 % PEOPLE}` : `s-${count}`,
    value: 1 + (count * 7919) % 900_000,
  };
}

/**
 * Sends a request.
 *
 * @throws {Error} If it hangs.
 */
export async function ask(
  target: Target,
  asked: Asked,
  engine: number,
): Promise<Sent> {
  const { tenant, key } = asked;
  const sentMs = performance.now();
  const told = await tell(`${target.url(engine)}/optimization/score`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${target.keys[tenant]}`,
      "content-type": "application/json",
      ...key !== null && { "idempotency-key": key },
    },
    body: JSON.stringify(bodyOf(asked)),
  });
  return { asked, engine, sentMs, answeredMs: performance.now(), told };
}

function bodyOf({ purpose, subject, value }: Asked) {
  const channel = purpose === "limited" ? "display" : "search";
  return {
    context: {
      ...{ model: MODEL, campaign: CAMPAIGNS[purpose] },
      ...{ channel, subject },
    },
    features: { [VALUE]: value },
    constraints: { compliance: { ["consent_ads"]: purpose !== "refused" } },
  };
}

/**
 * An answer; null where the connection broke before it was whole.
 *
 * @throws {Error} If it hangs.
 */
export async function tell(
  url: string,
  init: RequestInit,
): Promise<Told | null> {
  const giving = new AbortController();
  const timer = setTimeout(
    () => giving.abort(new Error("A request hangs")),
    HANGING_MS,
  );
  try {
    const response = await fetch(url, { ...init, signal: giving.signal });
    return {
      status: response.status,
      retryAfter: response.headers.get("retry-after"),
      body: await response.json(),
    };
  } catch (error) {
    if (giving.signal.aborted) throw giving.signal.reason;
    if (error instanceof TypeError || error instanceof Deno.errors.Http) {
      return null;
    }
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
