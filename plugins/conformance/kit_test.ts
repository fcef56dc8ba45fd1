/**
 * The kit is proven on broken connectors: each must be caught by the check that
 * is meant for it, and the sound one by none.
 *
 * @module
 */
import assert from "node:assert/strict";
import type {
  Connector,
  EventSignal,
  Page,
  PullScope,
  ReceiveScope,
} from "../contract.ts";
import { connectorChecks } from "./connector_checks.ts";
import { failingChecks } from "./failing.ts";
import {
  BODY,
  type Config,
  eventOn,
  pull,
  receive,
  SAMPLE,
  SOUND,
  TOKEN,
} from "./sound_connector.ts";

/** The sound pull with its pages changed. */
function repaged(
  change: (page: Page, scope: PullScope<Config>) => Page,
): Partial<Connector<Config>> {
  return {
    async *pull(scope) {
      for await (const page of pull(scope)) yield change(page, scope);
    },
  };
}

/** The sound pull with its events changed. */
function retold(
  change: (event: EventSignal, scope: PullScope<Config>) => unknown,
): Partial<Connector<Config>> {
  return repaged((page, scope) => ({
    ...page,
    signals: page.signals.map((signal) =>
      change(signal as EventSignal, scope) as EventSignal
    ),
  }));
}

/** The sound pull, lent something else. */
function relent(
  change: (scope: PullScope<Config>) => Partial<PullScope<Config>>,
): Partial<Connector<Config>> {
  return { pull: (scope) => pull({ ...scope, ...change(scope) }) };
}

function refusing(message: (value: unknown) => string) {
  return {
    config: {
      parse(value: unknown): Config {
        try {
          return SOUND.config.parse(value);
        } catch {
          throw new TypeError(message(value));
        }
      },
    },
  };
}

function misreceiving(
  change: (scope: ReceiveScope<Config>) => ReturnType<typeof receive> | null,
): Partial<Connector<Config>> {
  return { receive: (scope) => change(scope) ?? receive(scope) };
}

let calls = 0;
const told = { signals: [eventOn("2026-01-01")], rejects: [] };
const VALID = "emits valid signals of declared grains only";
const CURSOR = "goes on from any cursor";
const HOSTS = "calls declared hosts only, over https";
const MEMBER = "names the member of a configuration that it refuses";
const QUIET = "keeps secrets out of what it emits";
const CHANGED = "refuses a delivery whose body was changed";

const MUTANTS: readonly {
  readonly note: string;
  readonly caught: string;
  readonly mutant: Partial<Connector<Config>>;
}[] = [
  {
    note: "a name with capitals",
    caught: "says what it is",
    mutant: { name: "Sound" },
  },
  {
    note: "a grain that it did not declare",
    caught: VALID,
    mutant: { emits: ["performance"] },
  },
  {
    note: "nothing for an id",
    caught: VALID,
    mutant: retold((one) => ({ ...one, entities: { subject: "" } })),
  },
  {
    note: "something else each time",
    caught: "gives the same answer twice",
    mutant: retold((one) => ({ ...one, properties: { call: calls++ } })),
  },
  {
    note: "a cursor that it does not read",
    caught: CURSOR,
    mutant: relent(() => ({ cursor: null })),
  },
  {
    note: "a cursor that skips a page",
    caught: CURSOR,
    mutant: relent(({ cursor }) => ({
      cursor: cursor && String(Number(cursor) + 1),
    })),
  },
  {
    note: "no end",
    caught: "ends, and each page says where to go on",
    mutant: repaged((page) => ({ ...page, cursor: page.cursor ?? "0" })),
  },
  {
    note: "days nobody asked for",
    caught: "stays within the days asked for",
    mutant: relent(() => ({ range: null })),
  },
  {
    note: "one id for two things",
    caught: "tells each key once, unless it says the same",
    mutant: retold((one) => ({ ...one, eventId: "e" })),
  },
  {
    note: "a host that it did not declare",
    caught: HOSTS,
    mutant: { hosts: ["www.example"] },
  },
  {
    note: "plain http",
    caught: HOSTS,
    mutant: relent(({ http }) => ({
      http: {
        text: http.text,
        json: (url, call) => http.json(url.replace("https", "http"), call),
      },
    })),
  },
  {
    note: "a secret in a property",
    caught: QUIET,
    mutant: retold((one, { config }) => ({
      ...one,
      properties: { by: config.token },
    })),
  },
  {
    note: "a secret in a step",
    caught: QUIET,
    mutant: repaged((
      page,
      { report, config },
    ) => (report(`with ${config.token}`, null), page)),
  },
  {
    note: "a failure that it hides",
    caught: "does not hide a source that fails",
    mutant: relent(({ http }) => ({
      http: {
        text: http.text,
        json: (url, call) => http.json(url, call).catch(() => "2026-01-09"),
      },
    })),
  },
  {
    note: "a refusal that names nothing",
    caught: MEMBER,
    mutant: refusing(() => "wrong"),
  },
  {
    note: "a refusal that tells the secret",
    caught: MEMBER,
    mutant: refusing((value) => `token or account: ${JSON.stringify(value)}`),
  },
  {
    note: "no signature asked for",
    caught: CHANGED,
    mutant: misreceiving(() => told),
  },
  {
    note: "a signature over the first bytes only",
    caught: CHANGED,
    mutant: misreceiving(({ config, delivery: { body, headers } }) =>
      body.length >= 9 && headers["x-signature"] && config.token === TOKEN &&
        body[0] === BODY[0]
        ? told
        : null
    ),
  },
  {
    note: "deliveries without a signature taken",
    caught: "refuses a delivery without its signature",
    mutant: misreceiving(({ delivery: { headers } }) =>
      headers["x-signature"] ? null : told
    ),
  },
  {
    note: "a signature under any secret",
    caught: "refuses a delivery under another secret",
    mutant: misreceiving(({ delivery }) =>
      receive({ delivery, config: { token: TOKEN, account: "" } })
    ),
  },
  {
    note: "a delivery read otherwise each time",
    caught: "reads the same delivery the same way twice",
    mutant: misreceiving((scope) => ({
      ...receive(scope),
      signals: [{ ...eventOn("2026-01-01"), properties: { call: calls++ } }],
    })),
  },
  {
    note: "a receipt with an invalid event",
    caught: "receives valid signals of declared grains only",
    mutant: misreceiving((scope) => ({
      ...receive(scope),
      signals: [eventOn("2026-01-32")],
    })),
  },
  {
    note: "a secret in a receipt",
    caught: "keeps secrets out of what it receives",
    mutant: misreceiving((scope) => ({
      ...receive(scope),
      signals: [{ ...eventOn("2026-01-01"), type: TOKEN }],
    })),
  },
];

Deno.test("the kit lets a sound connector pass", async () => {
  const checks = connectorChecks(SOUND as Connector, SAMPLE);
  assert.deepEqual(await failingChecks(checks), []);
  assert.ok(checks.length >= 18);
});

Deno.test.each(MUTANTS)("the kit catches $note", async ({ caught, mutant }) => {
  const broken = { ...SOUND, ...mutant } as Connector;
  const failing = await failingChecks(connectorChecks(broken, SAMPLE));
  assert.ok(failing.includes(caught), `only these fail: ${failing.join("; ")}`);
});

Deno.test("every check of connectors catches something", () => {
  const { destination: _, ...reading } = SOUND;
  const names = connectorChecks(reading as Connector, SAMPLE)
    .map(({ name }) => name);
  const proven = new Set(MUTANTS.map(({ caught }) => caught));
  assert.deepEqual(names.filter((name) => !proven.has(name)), []);
});
