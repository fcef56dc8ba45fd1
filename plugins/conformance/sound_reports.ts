/**
 * A connector of reports that holds to everything, for the kit to be proven on. Its
 * vendor is made up, and has every trap that real ones have: ids above 2^53 as JSON
 * numbers, exponents, days as moments in UTC, ranges whose last day is in them, waits
 * in milliseconds here and in minutes there, errors with a good status, refresh tokens
 * that are good for once, and caps that it is silent about.
 *
 * @module
 */
import * as z from "zod";
import {
  addDays,
  type Connector,
  type HttpAnswer,
  type Lent,
  localTime,
  type Metrics,
  microsFromDecimal,
  type Outcome,
  parseInstant,
  type QuotaHint,
  type Records,
  type ReportRow,
  scaledFromDecimal,
  type SliceScope,
  type SourceAccount,
  type SourceReport,
} from "../contract.ts";

const API = "https://api.sound.example/v3";
/** Rows at which the vendor cuts without a word. */
export const ROW_CAP = 30;
/** Most days that it may be asked for at once. */
export const MOST_DAYS = 7;

const Config = z.strictObject({
  accountId: z.string().min(1),
  clientSecret: z.string().min(1),
  refreshToken: z.string().min(1),
});

/** Parsed configuration. */
export type Config = z.infer<typeof Config>;

const Id = z.union([z.string().regex(/^\d+$/), z.int()]).transform(String);
const Amount = z.union([z.string(), z.number()]).transform(String);
const Count = z.union([z.string().regex(/^\d{1,18}$/), z.int().nonnegative()])
  .transform(BigInt);

const Token = z.object({
  accessToken: z.string(),
  expiresIn: z.number(),
  refreshToken: z.string(),
});
const Account = z.object({
  account: z.object({
    id: Id,
    zone: z.string(),
    currency: z.string(),
    settlesDays: z.int(),
  }),
});
const Measures = z.object({
  cost: Amount,
  impressions: Count,
  clicks: Count,
  orders: Amount,
});
const Row = Measures.extend({
  startsAt: z.string(),
  campaign: z.object({ id: Id }),
  ad: z.object({ id: Id }).optional(),
  device: z.string().optional(),
});
const Page = z.object({
  rows: z.array(z.unknown()),
  nextPage: z.string().nullable(),
  leftOut: z.boolean().optional(),
});
const Campaigns = z.object({ rows: z.array(z.object({ id: Id })) });
const Totals = z.object({ totals: Measures });
const Problem = z.object({
  error: z.object({ kind: z.string(), waitMinutes: z.number().optional() }),
});

/** The connector that passes. */
export const SOUND_REPORTS: Connector<Config> = {
  name: "sound_reports",
  apiVersion: 1,
  about: "A sound connector of reports",
  vendorApi: { version: "v3", sunset: "2027-06-30" },
  config: Config,
  secrets: ["clientSecret", "refreshToken"],
  hosts: ["api.sound.example", "login.sound.example"],
  emits: ["performance"],
  restatesDays: 14,
  limits: [{ scope: "account", calls: 30, perSeconds: 10 }],
  quotaKeys: ({ accountId }) => ({ account: accountId }),
  judge,
  quota,
  async renew({ config, http, refreshToken }) {
    const form = {
      clientSecret: config.clientSecret,
      refreshToken: refreshToken ?? config.refreshToken,
    };
    const url = "https://login.sound.example/token";
    const token = Token.parse(await http.json(url, { form, safe: true }));
    return {
      accessToken: token.accessToken,
      expiresInSeconds: token.expiresIn,
      refreshToken: token.refreshToken,
    };
  },
  async account(scope) {
    const { account } = Account.parse(await ask(scope, "/account", {}));
    return { ...account, attribution: "" };
  },
  reports: [
    {
      ...question("campaign", []),
      recordCap: null,
    },
    {
      ...question("ad", ["device"]),
      recordCap: ROW_CAP,
      async totals(scope) {
        const body = await ask(scope, "/totals", asked(scope, "ad"));
        return measure(Totals.parse(body).totals);
      },
    },
  ],
};

function question(
  level: "campaign" | "ad",
  dimensions: readonly string[],
): Omit<SourceReport<Config>, "recordCap"> {
  return {
    name: [level, ...dimensions, "daily"].join("_"),
    level,
    dimensions,
    sliceDays: MOST_DAYS,
    historyDays: null,
    async *read(scope): AsyncGenerator<Records> {
      let page: string | null = "0";
      while (page !== null) {
        const query = { ...asked(scope, level), page };
        const body: z.infer<typeof Page> = Page.parse(
          await ask(scope, "/report", query),
        );
        page = body.nextPage;
        yield { records: body.rows, truncated: body.leftOut === true };
      }
    },
    toRows: (record, account) => [toRow(record, { account, level })],
    async shards(scope) {
      const body = await ask(scope, "/campaigns", {});
      return Campaigns.parse(body).rows.map(({ id }) => id);
    },
  };
}

function asked(
  { range, shard }: SliceScope<Config>,
  level: string,
): Readonly<Record<string, string>> {
  return {
    level,
    firstDay: range.from,
    lastDay: addDays(range.until, -1),
    ...(shard !== null && { campaign: shard }),
  };
}

async function ask(
  { http, config }: Lent<Config>,
  path: string,
  query: Readonly<Record<string, string>>,
): Promise<unknown> {
  const headers = { "x-account": config.accountId };
  return await http.json(`${API}${path}`, { query, headers, signedIn: true });
}

function toRow(
  record: unknown,
  { account, level }: {
    readonly account: SourceAccount;
    readonly level: "campaign" | "ad";
  },
): ReportRow {
  const { startsAt, campaign, ad, device, ...measures } = Row
    .parse(record);
  const { day } = localTime(parseInstant(startsAt), account.zone);
  const ids = { channel: "search", campaign: campaign.id };
  const metrics = measure(measures);
  if (level === "campaign") return { day, entities: ids, metrics };
  if (ad === undefined || device === undefined) {
    throw new TypeError("the row does not say what it is of");
  }
  const breakdowns = { device };
  return { day, entities: { ...ids, ad: ad.id }, breakdowns, metrics };
}

function measure(measures: z.infer<typeof Measures>): Metrics {
  const { cost, impressions, clicks, orders } = measures;
  return {
    impressions,
    clicks,
    spend_micros: microsFromDecimal(cost),
    conversions_millionths: scaledFromDecimal(orders, 6),
  };
}

function judge({ status, headers, body }: HttpAnswer): Outcome | null {
  if (status === 429) {
    return throttled(Number(headers["retry-after-ms"]) / 1000);
  }
  const problem = Problem.safeParse(body);
  if (!problem.success) return null;
  const { kind, waitMinutes: minutes = 1 } = problem.data.error;
  if (kind === "too_fast") return throttled(minutes * 60);
  return kind === "try_again" ? { kind: "again" } : null;
}

function throttled(waitSeconds: number): Outcome {
  return { kind: "throttled", scope: "account", waitSeconds };
}

function quota({ headers }: HttpAnswer): QuotaHint[] {
  const percent = headers["x-quota-used-percent"];
  if (percent === undefined) return [];
  const resetSeconds = Number(headers["x-quota-reset-seconds"]);
  return [{ scope: "account", usedShare: Number(percent) / 100, resetSeconds }];
}
