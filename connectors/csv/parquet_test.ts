/**
 * The CSV connector on Parquet files: the same rows give the same signals.
 *
 * @module
 */
import assert from "node:assert/strict";
import { brotliCompressSync, gzipSync, zstdCompressSync } from "node:zlib";
import { parquetWriteBuffer } from "hyparquet-writer";
import type { FileAccess, Page } from "@moe/plugin";
import { recordHttp, rememberFiles, testConnector } from "@moe/plugin/test";
import connector from "./connector.ts";
import { openParquet } from "./parquet_file.ts";
import { readParquetPages } from "./parquet_pages.ts";

const NOW = "2026-11-26T12:00:00.000Z";
const MAPPING = {
  signals: [
    {
      grain: "performance",
      report: "campaign_daily",
      level: "campaign",
      entities: { account: "a-1", campaign: "{campaign}" },
      day: { column: "day" },
      zone: "Europe/Berlin",
      currency: "EUR",
      metrics: { spend_micros: "cost", clicks: "clicks" },
    },
    {
      grain: "event",
      eventId: "order-{#}",
      type: "Order Completed",
      occurredAt: { column: "at", format: "iso" },
      entities: { campaign: "{campaign}" },
      value: { column: "cost", currency: "EUR" },
      when: [{ column: "cost", above: 0 }],
    },
  ],
};

interface Order {
  readonly campaign: bigint;
  readonly day: string;
  /** In ten-thousandths of a euro. */
  readonly cost: bigint | null;
  readonly clicks: number;
  readonly at: string;
}

const ORDERS = Array.from({ length: 5000 }, (_, row): Order => {
  const day = new Date(Date.UTC(2023, 0, 1 + row % 900)).toISOString();
  return {
    campaign: 9_007_199_254_740_993n + BigInt(row),
    day: day.slice(0, 10),
    cost: row % 7 === 0 ? null : 12_345_678_901_234_567n + BigInt(row),
    clicks: row % 5,
    at: day,
  };
});

type Codec = "UNCOMPRESSED" | "SNAPPY" | "GZIP" | "ZSTD" | "BROTLI" | "LZ4";

function toParquet(
  orders: readonly Order[],
  codec: Codec = "SNAPPY",
): Uint8Array {
  const of = <T>(pick: (order: Order) => T) => orders.map(pick);
  return new Uint8Array(parquetWriteBuffer({
    codec,
    compressors: {
      GZIP: (bytes) => gzipSync(bytes),
      ZSTD: (bytes) => zstdCompressSync(bytes),
      BROTLI: (bytes) => brotliCompressSync(bytes),
      LZ4: (bytes) => bytes,
    },
    rowGroupSize: 3000,
    columnData: [
      { name: "campaign", data: of(({ campaign }) => campaign) },
      { name: "day", data: of(({ day }) => new Date(`${day}T00:00:00Z`)) },
      { name: "cost", data: of(({ cost }) => cost) },
      { name: "clicks", data: of(({ clicks }) => clicks) },
      { name: "at", data: of(({ at }) => new Date(at)) },
    ],
    schema: [
      { name: "root", num_children: 5 },
      { name: "campaign", type: "INT64", repetition_type: "REQUIRED" },
      {
        name: "day",
        type: "INT32",
        converted_type: "DATE",
        repetition_type: "REQUIRED",
      },
      {
        name: "cost",
        type: "FIXED_LEN_BYTE_ARRAY",
        type_length: 16,
        converted_type: "DECIMAL",
        scale: 4,
        precision: 38,
        repetition_type: "OPTIONAL",
      },
      { name: "clicks", type: "INT32", repetition_type: "REQUIRED" },
      {
        name: "at",
        type: "INT64",
        converted_type: "TIMESTAMP_MICROS",
        repetition_type: "REQUIRED",
      },
    ],
  }));
}

function toCsv(orders: readonly Order[]): string {
  const lines = orders.map(({ campaign, day, cost, clicks, at }) => {
    const digits = String(cost).padStart(5, "0");
    const decimal = cost === null
      ? ""
      : `${digits.slice(0, -4)}.${digits.slice(-4)}`;
    return `${campaign},${day},${decimal},${clicks},${at}\n`;
  });
  return `campaign,day,cost,clicks,at\n${lines.join("")}`;
}

testConnector(connector, {
  config: { file: "orders.parquet", mapping: MAPPING },
  range: { from: "2023-02-01", until: "2024-02-01" },
  files: { "orders.parquet": toParquet(ORDERS) },
});

async function read(
  content: string | Uint8Array,
  { file = "f.parquet", mapping = MAPPING as unknown } = {},
): Promise<Page[]> {
  const pages = connector.pull?.({
    config: connector.config.parse({ file, mapping }),
    files: rememberFiles({ [file]: content }),
    http: recordHttp(undefined),
    now: NOW,
    range: null,
    cursor: null,
    report: () => {},
  });
  return await Array.fromAsync(pages ?? []);
}

function signals(pages: readonly Page[]) {
  return pages.flatMap((page) => page.signals);
}

const CODECS = ["UNCOMPRESSED", "SNAPPY", "GZIP", "ZSTD", "BROTLI"] as const;

Deno.test.each(CODECS.map((codec) => ({ codec })))(
  "parquet: rows packed with $codec give what the same CSV gives, to the last digit",
  async ({ codec }) => {
    const orders = ORDERS.slice(0, 3500);
    const want = signals(await read(toCsv(orders), { file: "f.csv" }));
    const pages = await read(toParquet(orders, codec));
    assert.deepEqual(pages.flatMap(({ rejects }) => rejects), []);
    const got = signals(pages);
    assert.equal(got.length, want.length);
    got.forEach((signal, at) => assert.deepEqual(signal, want[at]));
  },
);

Deno.test("parquet: values print exactly, as Arrow wrote them", async () => {
  // pyarrow 25.0.1: fixtures/make_pyarrow.py wrote it, in two row groups of zstd.
  const path = new URL("./fixtures/pyarrow.parquet", import.meta.url);
  const files = rememberFiles({ f: await Deno.readFile(path) });
  const rows = [];
  for await (const page of readParquetPages(files, "f")) {
    rows.push(...page.rows);
  }
  const [first, second, none] = rows.map((row) => JSON.parse(row.original()));
  assert.deepEqual(first, {
    campaign: "c-1",
    big: "9007199254740993",
    unsigned: "18446744073709551615",
    cost: "12345678901234567890.123456",
    small: "1.20",
    day: "2024-02-29",
    at: "2024-02-29T00:00:00.123Z",
    nanos: "2024-02-29T00:00:00.123Z",
    local: "2024-02-29 00:00:00",
    ratio: "0.1",
    share: "0.1",
    yes: "true",
  });
  assert.deepEqual(second, {
    campaign: "c-2",
    big: "-9007199254740993",
    unsigned: "1",
    cost: "-0.000001",
    small: "-3.05",
    day: "1969-12-31",
    at: "1969-12-31T23:59:59.999Z",
    nanos: "1970-01-01T00:00:00.000Z",
    local: "2024-02-29 00:00:00.500",
    ratio: "2.5",
    share: "1e-7",
    yes: "false",
  });
  assert.deepEqual(new Set(Object.values(none)), new Set([null]));
});

Deno.test("parquet: what is not a whole file is refused by name", async () => {
  const bytes = toParquet(ORDERS.slice(0, 100));
  const torn = bytes.slice();
  torn.fill(255, 4, bytes.length >> 1);
  const cuts = [0, 3, 8, 100, bytes.length - 1].map((end) =>
    bytes.slice(0, end)
  );
  for (const content of [...cuts, torn, new TextEncoder().encode("a,b\n1,2")]) {
    await assert.rejects(() => read(content), {
      code: "file_unreadable",
      message: /not whole/,
    });
  }
});

Deno.test("parquet: an unknown packing is named with those that are known", async () => {
  await assert.rejects(() => read(toParquet(ORDERS.slice(0, 9), "LZ4")), {
    code: "file_unreadable",
    message: /LZ4; use snappy, gzip, zstd or brotli/,
  });
});

Deno.test("parquet: a file that does not fit is refused before it is kept", async () => {
  const chunk = new Uint8Array(64 * 1024 * 1024);
  let chunks = 0;
  const files: FileAccess = {
    ...rememberFiles(),
    async *read() {
      for (; chunks < 100; chunks++) yield await Promise.resolve(chunk);
    },
  };
  await assert.rejects(() => openParquet(files, "f.parquet"), {
    code: "file_unreadable",
    message: /more than 512 MB/,
  });
  assert.equal(chunks, 8);
});

Deno.test("parquet: a refused row keeps its number and is read again", async () => {
  const orders = ORDERS.slice(1, 4);
  const mapping = structuredClone(MAPPING);
  Object.assign(mapping.signals[1]?.occurredAt ?? {}, { format: "YYYY-MM-DD" });
  const [page] = await read(toParquet(orders), { mapping });
  assert.equal(page?.signals.length, 0);
  assert.deepEqual(
    page?.rejects?.map(({ reason }) => reason),
    ["day_invalid", "day_invalid", "day_invalid"],
  );
  const again = page?.rejects?.map(({ original, context = "" }) =>
    connector.reread?.({
      config: connector.config.parse({ file: "f.parquet", mapping: MAPPING }),
      original,
      context,
      receivedAt: NOW,
    })
  );
  const want = signals(await read(toParquet(orders)));
  assert.deepEqual(again?.flatMap((receipt) => receipt?.signals), want);
});
