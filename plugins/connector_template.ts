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
    "fixtures/answers.json": ANSWERS,
  };
}

function source(name: string, host: string): string {
  return `/**
 * Daily delivery of each campaign, from the report API of ${name}.
 *
 * Say here what only the vendor's documents say: in which unit it writes money, for
 * how long it restates, whether its ranges hold their last day, where it cuts. Name
 * the page and the day on which it was read.
 *
 * @module
 */
import {
  addDays,
  defineConnector,
  type Lent,
  microsFromDecimal,
  type Records,
  type ReportRow,
  type SliceScope,
} from "@moe/plugin";
import * as z from "zod";

const HOST = "${host}";

const Config = z.strictObject({
  accountId: z.string().min(1),
  token: z.string().min(1),
});

type Config = z.infer<typeof Config>;

/** Ids above 2^53 come as text, also where the vendor writes numbers. */
const Id = z.union([z.string().min(1), z.int()]).transform(String);

const Account = z.object({ zone: z.string(), currency: z.string() });

const Page = z.object({
  rows: z.array(z.unknown()),
  next: z.string().nullable(),
});

const Row = z.object({
  day: z.iso.date(),
  campaign: Id,
  spend: z.union([z.string(), z.number()]).transform(String),
  impressions: z.int().nonnegative(),
  clicks: z.int().nonnegative(),
});

export default defineConnector<Config>({
  name: "${name}",
  apiVersion: 1,
  about: "Daily delivery of campaigns, from its report API",
  vendorApi: { version: "v1", sunset: "2027-12-31" },
  config: Config,
  secrets: ["token"],
  hosts: [HOST],
  emits: ["performance"],
  restatesDays: 7,
  limits: [{ scope: "account", calls: 60, perSeconds: 60 }],
  quotaKeys: ({ accountId }) => ({ account: accountId }),

  async account(scope) {
    const { zone, currency } = Account.parse(await ask(scope, "account"));
    const id = scope.config.accountId;
    return { id, zone, currency, attribution: "click_7d", settlesDays: 7 };
  },

  reports: [{
    name: "campaign_daily",
    level: "campaign",
    dimensions: [],
    sliceDays: 30,
    historyDays: null,
    recordCap: null,
    read,
    toRows: (record) => [toRow(record)],
  }],
});

/** Pages of a slice; the vendor's ranges hold their last day. */
async function* read(scope: SliceScope<Config>): AsyncGenerator<Records> {
  const { from, until } = scope.range;
  let page: string | null = "";
  while (page !== null) {
    const query = { from, to: addDays(until, -1), page };
    const { rows, next } = Page.parse(await ask(scope, "report", query));
    yield { records: rows };
    page = next;
  }
}

async function ask(
  { config: { accountId, token }, http }: Lent<Config>,
  path: string,
  query: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  return await http.json(\`https://\${HOST}/v1/\${path}\`, {
    query: { account: accountId, ...query },
    bearer: token,
  });
}

function toRow(record: unknown): ReportRow {
  const { day, campaign, spend, impressions, clicks } = Row.parse(record);
  return {
    day,
    entities: { channel: "search", campaign },
    metrics: {
      spend_micros: microsFromDecimal(spend),
      impressions: BigInt(impressions),
      clicks: BigInt(clicks),
    },
  };
}
`;
}

const TEST = `/**
 * The conformance kit, on recorded answers.
 *
 * @module
 */
import { testConnector } from "@moe/plugin/test";
import connector from "./connector.ts";
import answers from "./fixtures/answers.json" with { type: "json" };

testConnector(connector, {
  config: { accountId: "a-1", token: "t-secret" },
  range: { from: "2026-01-01", until: "2026-01-03" },
  answer: (url, { query }) => {
    const { pathname } = new URL(url);
    const asked = pathname + (query?.page ? \`?page=\${query.page}\` : "");
    return answers[asked as keyof typeof answers];
  },
});
`;

const ANSWERS = `{
  "/v1/account": {
    "zone": "Europe/Berlin",
    "currency": "EUR"
  },
  "/v1/report": {
    "rows": [
      {
        "day": "2026-01-01",
        "campaign": "9007199254740993",
        "spend": "12.34",
        "impressions": 1000,
        "clicks": 17
      },
      {
        "day": "2026-01-01",
        "campaign": 7,
        "spend": 0,
        "impressions": 0,
        "clicks": 0
      }
    ],
    "next": "second"
  },
  "/v1/report?page=second": {
    "rows": [
      {
        "day": "2026-01-02",
        "campaign": "9007199254740993",
        "spend": "1.5e1",
        "impressions": 1200,
        "clicks": 21
      }
    ],
    "next": null
  }
}
`;
