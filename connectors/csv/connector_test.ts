/**
 * The CSV connector beyond what the kit checks of every connector.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { EngineError, type Page, type Signal } from "@moe/plugin";
import { recordHttp, rememberFiles, testConnector } from "@moe/plugin/test";
import connector from "./connector.ts";

const WIDE = {
  about: "Weekly spend of two channels, and orders",
  signals: [
    {
      grain: "performance",
      report: "channel_weekly",
      level: "channel",
      entities: { account: "a-1", channel: "tv" },
      day: { column: "week", format: "DD.MM.YYYY" },
      periodDays: 7,
      zone: "Europe/Berlin",
      currency: "EUR",
      metrics: { spend_micros: "tv", clicks: { column: "n", as: "rounded" } },
    },
    {
      grain: "event",
      eventId: "order-{#}",
      type: "Order Completed",
      occurredAt: { column: "week", format: "DD.MM.YYYY", plusSeconds: 60 },
      entities: { subject: "{who}" },
      value: { column: "value", currency: "EUR" },
      properties: { first: { column: "first", type: "boolean" } },
      when: [{ column: "value", above: 0 }],
    },
  ],
};

const NOW = "2026-11-26T12:00:00.000Z";
const HEADER = "week,tv,n,who,value,first\n";
const GOOD = "02.01.2023,10.5,3.7,s-1,20,yes\n";

testConnector(connector, {
  config: { file: "wide.csv", mapping: WIDE },
  range: { from: "2012-01-01", until: "2021-01-01" },
  files: {
    "wide.csv": HEADER + Array.from(
      { length: 5000 },
      (_, row) => `${day(row)},${row}.25,NA,s-${row % 9},${row % 3},no\n`,
    ).join(""),
  },
});

function day(row: number): string {
  const at = new Date(Date.UTC(2010, 0, 1 + row)).toISOString();
  return at.slice(0, 10).split("-").reverse().join(".");
}

async function read(
  content: string | Uint8Array,
  {
    mapping = WIDE as unknown,
    file = "f.csv",
    cursor = null as string | null,
  } = {},
): Promise<Page[]> {
  const pages = connector.pull?.({
    config: connector.config.parse({ file, mapping }),
    files: rememberFiles({ [file]: content }),
    http: recordHttp(undefined),
    now: NOW,
    range: null,
    cursor,
    report: () => {},
  });
  return await Array.fromAsync(pages ?? []);
}

async function readAll(content: string, mapping: unknown = WIDE) {
  const pages = await read(content, { mapping });
  return {
    signals: pages.flatMap(({ signals }) => signals),
    rejects: pages.flatMap(({ rejects = [] }) => rejects),
  };
}

Deno.test("csv: one row gives a total and an event, in exact units", async () => {
  const { signals } = await readAll(HEADER + GOOD);
  const [total, order] = signals as [
    Extract<Signal, { grain: "performance" }>,
    Extract<Signal, { grain: "event" }>,
  ];
  assert.equal(total.day, "2023-01-02");
  assert.deepEqual(total.metrics, { spend_micros: 10_500_000n, clicks: 4n });
  assert.equal(order.occurredAt, "2023-01-02T00:01:00.000Z");
  assert.equal(order.valueMicros, 20_000_000n);
  assert.deepEqual(order.properties, { first: true });
  assert.deepEqual(order.entities, { subject: "s-1" });
});

Deno.test.each([
  { row: "31.02.2023,1,1,s,1,no", reason: "day_invalid" },
  { row: "03.01.2023,ten,1,s,1,no", reason: "number_invalid" },
  { row: "03.01.2023,1,-4,s,1,no", reason: "count_negative" },
  { row: "03.01.2023,1,1,s,1", reason: "row_malformed" },
  { row: '03.01.2023,1,1,"s,1,no', reason: "row_malformed" },
  { row: "03.01.2023,1,1,,1,no", reason: "column_missing" },
  { row: `03.01.2023,1,1,${"s".repeat(201)},1,no`, reason: "id_invalid" },
  { row: "03.01.2023,1,1,s,1,maybe", reason: "boolean_invalid" },
  { row: "02.01.2023,99,1,s,1,no", reason: "key_repeated" },
])("csv: $reason keeps the row's text and lets the others in", async (bad) => {
  const after = GOOD.replace("02.", "09.");
  const { signals, rejects } = await readAll(
    `${HEADER}${GOOD}${bad.row}\n${after}`,
  );
  assert.equal(signals.length, 4);
  assert.deepEqual(
    rejects.map(({ reason, original }) => ({ reason, original })),
    [{ reason: bad.reason, original: bad.row }],
  );
  assert.match(rejects[0]?.detail ?? "", /^row 2: /);
});

Deno.test("csv: bytes of another encoding are refused, not mixed up", async () => {
  const bytes = Uint8Array.from(
    HEADER + GOOD.replace("s-1", "caf\u00e9") + GOOD.replace("02.", "09."),
    (letter) => letter.charCodeAt(0),
  );
  const pages = await read(bytes);
  assert.equal(pages.flatMap(({ signals }) => signals).length, 2);
  assert.deepEqual(
    pages.flatMap(({ rejects = [] }) => rejects).map(({ reason }) => reason),
    ["encoding_invalid"],
  );
  const mapping = { ...WIDE, encoding: "windows-1252" };
  const [page] = await read(bytes, { mapping });
  assert.deepEqual(page?.signals[1]?.entities, { subject: "caf\u00e9" });
});

Deno.test("csv: an unknown column is named with the nearest there is", async () => {
  const mapping = structuredClone(WIDE);
  Object.assign(mapping.signals[0]?.metrics ?? {}, { spend_micros: "tvv" });
  await assert.rejects(readAll(HEADER + GOOD, mapping), {
    code: "mapping_invalid",
    message:
      'Cannot use mapping: mapping.signals.0.metrics.spend_micros: the file has no column "tvv"; did you mean "tv"?',
  });
});

Deno.test.each([
  { change: { delimiter: ";;" }, path: "mapping.delimiter" },
  { change: { signals: [] }, path: "mapping.signals" },
  { change: { signal: [] }, path: "signal" },
  {
    change: { signals: [{ ...WIDE.signals[0], zone: "Mars/Base" }] },
    path: "mapping.signals.0.zone",
  },
])("csv: a mapping is refused up front, naming $path", ({ change, path }) => {
  const mapping = { ...WIDE, ...change };
  assert.throws(
    () => connector.config.parse({ file: "f", mapping }),
    (error: EngineError) =>
      error.code === "mapping_invalid" && error.message.includes(path),
  );
});

Deno.test("csv: gzip, byte order mark and CRLF change nothing", async () => {
  const plain = await read(HEADER + GOOD);
  const text = "\uFEFF" + (HEADER + GOOD).replaceAll("\n", "\r\n");
  assert.deepEqual(await read(text), plain);
  const packed = new Blob([HEADER + GOOD]).stream()
    .pipeThrough(new CompressionStream("gzip"));
  const bytes = new Uint8Array(await new Response(packed).arrayBuffer());
  const unpacked = await read(bytes, { file: "f.csv.gz" });
  assert.deepEqual(unpacked[0]?.signals, plain[0]?.signals);
});

Deno.test("csv: a cursor of another file starts at the beginning", async () => {
  const rows = Array.from({ length: 4500 }, (_, at) => `${at},x\n`).join("");
  const mapping = {
    signals: [{
      grain: "event",
      eventId: "e-{#}",
      type: "Seen",
      occurredAt: { at: "2024-01-01T00:00:00Z" },
      entities: { subject: "{a}" },
    }],
  };
  const [first] = await read(`a,b\n${rows}`, { mapping });
  const cursor = first?.cursor ?? null;
  const other = `a,b\n${rows.replace("0,x", "0,y")}`;
  assert.equal((await read(`a,b\n${rows}`, { mapping, cursor })).length, 2);
  assert.equal((await read(other, { mapping, cursor })).length, 3);
});

Deno.test("csv: whatever fields are written come back, and garbage costs no good row", async () => {
  const field = fc.string({
    unit: fc.constantFrom("a", '"', ",", "\n", " ", "é"),
  });
  const mapping = {
    nulls: [],
    signals: [{
      grain: "event",
      eventId: "e-{id}",
      type: "Seen",
      occurredAt: { at: "2024-01-01T00:00:00Z" },
      entities: {},
      properties: { text: "text" },
    }],
  };
  await fc.assert(
    fc.asyncProperty(
      fc.array(field, { minLength: 1, maxLength: 20 }),
      fc.constantFrom("", "only one field", 'x,a"b'),
      async (fields, garbage) => {
        const lines = fields.map((text, at) =>
          `${at},"${text.replaceAll('"', '""')}"\n`
        );
        lines.splice(
          fields.length >> 1,
          0,
          garbage === "" ? "" : garbage + "\n",
        );
        const { signals } = await readAll(
          `id,text\n${lines.join("")}`,
          mapping,
        );
        const got = signals.map((one) =>
          one.grain === "event" ? one.properties.text : null
        );
        const whole = (text: string) => text.trim();
        if (!fields.some((text) => text.includes("\n")) || garbage === "") {
          assert.deepEqual(got, fields.map(whole));
        }
      },
    ),
    { numRuns: 150 },
  );
});

Deno.test("csv: a refused row is read again by a better mapping", async () => {
  const [page] = await read(HEADER + GOOD + "03.01.2023,1,1,s-2,5,ja\n");
  const [reject] = page?.rejects ?? [];
  assert.equal(reject?.reason, "boolean_invalid");
  const mapping = structuredClone(WIDE);
  Object.assign(mapping.signals[1] ?? {}, { properties: { first: "first" } });
  const again = (original: string, context: string) =>
    connector.reread?.({
      config: connector.config.parse({ file: "f.csv", mapping }),
      original,
      context,
      receivedAt: NOW,
    });
  const { original = "", context = "" } = reject ?? {};
  const receipt = again(original, context);
  assert.deepEqual(receipt?.rejects, []);
  const [total, order] = receipt?.signals ?? [];
  assert.equal(total?.grain === "performance" && total.day, "2023-01-03");
  assert.equal(order?.grain === "event" && order.eventId, "order-2");
  assert.deepEqual(order?.grain === "event" && order.properties, {
    first: "ja",
  });
  assert.equal(again("too,few", context)?.rejects[0]?.reason, "row_malformed");
  assert.equal(again(original, "")?.rejects[0]?.reason, "context_missing");
});
