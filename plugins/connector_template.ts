/**
 * What a new connector starts from: daily delivery by campaign, from a paged
 * JSON report.
 *
 * @module
 */

/**
 * Prints the files of a new connector.
 *
 * @param name Its name, `snake_case`.
 * @returns Text by file name.
 */
export function printConnector(name: string): Readonly<Record<string, string>> {
  const host = `${name.replaceAll("_", "-")}.example`;
  return {
    "connector.ts": source(name, host),
    "connector_test.ts": TEST,
    "fixtures/pages.json": PAGES,
  };
}

function source(name: string, host: string): string {
  return `/**
 * Daily delivery of each campaign, from the report API of ${name}.
 *
 * Say here what only the vendor's documents say: in which zone it counts days, in
 * which unit it writes money, for how long it restates. Name the page and the day
 * on which it was read.
 *
 * @module
 */
import {
  defineConnector,
  microsFromDecimal,
  type Page,
  type PerformanceSignal,
  type PullScope,
} from "@moe/plugin";
import * as z from "zod";

const CHANNEL = "${name}";
const HOST = "${host}";
const REPORT_URL = \`https://\${HOST}/v1/report\`;

const Config = z.strictObject({
  accountId: z.string().min(1),
  token: z.string().min(1),
});

type Config = z.infer<typeof Config>;

const Row = z.object({
  day: z.iso.date(),
  campaign: z.string().min(1),
  spend: z.string(),
  impressions: z.int().nonnegative(),
  clicks: z.int().nonnegative(),
});

const Report = z.object({
  currency: z.string(),
  zone: z.string(),
  rows: z.array(Row),
  next: z.string().nullable(),
});

type Report = z.infer<typeof Report>;

export default defineConnector<Config>({
  name: "${name}",
  apiVersion: 1,
  about: "Daily delivery of campaigns, from its report API",
  config: Config,
  secrets: ["token"],
  hosts: [HOST],
  emits: ["performance"],
  restatesDays: 3,
  pull,
});

async function* pull(scope: PullScope<Config>): AsyncGenerator<Page> {
  const { config: { accountId, token }, http, range, report } = scope;
  let cursor = scope.cursor;
  do {
    const query = { account: accountId, ...range, page: cursor ?? "" };
    const body = await http.json(REPORT_URL, { query, bearer: token });
    const page = Report.parse(body);
    cursor = page.next;
    report(\`\${page.rows.length} rows\`, null);
    yield { signals: toSignals(page, accountId), cursor };
  } while (cursor !== null);
}

function toSignals(
  { currency, zone, rows }: Report,
  account: string,
): PerformanceSignal[] {
  return rows.map(({ day, campaign, spend, impressions, clicks }) => ({
    grain: "performance",
    report: "campaign_daily",
    level: "campaign",
    entities: { account, channel: CHANNEL, campaign },
    day,
    periodDays: 1,
    zone,
    currency,
    breakdowns: {},
    attribution: "",
    metrics: {
      spend_micros: microsFromDecimal(spend),
      impressions: BigInt(impressions),
      clicks: BigInt(clicks),
    },
  }));
}
`;
}

const TEST = `/**
 * The conformance kit, on recorded pages.
 *
 * @module
 */
import { testConnector } from "@moe/plugin/test";
import connector from "./connector.ts";
import pages from "./fixtures/pages.json" with { type: "json" };

testConnector(connector, {
  config: { accountId: "a-1", token: "t-secret" },
  range: { from: "2026-01-01", until: "2026-01-03" },
  answer: (_url, { query }) =>
    pages[(query?.page || "first") as keyof typeof pages],
});
`;

const PAGES = `{
  "first": {
    "currency": "EUR",
    "zone": "Europe/Berlin",
    "rows": [
      {
        "day": "2026-01-01",
        "campaign": "c-1",
        "spend": "12.34",
        "impressions": 1000,
        "clicks": 17
      },
      {
        "day": "2026-01-01",
        "campaign": "c-2",
        "spend": "0",
        "impressions": 0,
        "clicks": 0
      }
    ],
    "next": "second"
  },
  "second": {
    "currency": "EUR",
    "zone": "Europe/Berlin",
    "rows": [
      {
        "day": "2026-01-02",
        "campaign": "c-1",
        "spend": "1.5e1",
        "impressions": 1200,
        "clicks": 21
      }
    ],
    "next": null
  }
}
`;
