/**
 * What the company's ad platforms report: a CSV file of campaigns by day, one of
 * placements for the last days, and the mappings that read them.
 *
 * @module
 */
import { decimalFromMicros } from "../domain/money.ts";
import { seededRandom } from "../domain/random.ts";
import { between, type Campaign, type Company } from "./company.ts";

/** A file with the mapping that names its columns. */
export interface MappedFile {
  readonly text: string;
  readonly mapping: unknown;
}

/** One of the places where a campaign is shown. */
export interface Placement {
  readonly id: string;
  readonly campaign: Campaign;
  /** Conversions per click. */
  readonly conversionShare: number;
}

const PLACEMENTS = [["feed", 1.3], ["story", 0.9], ["partner", 0.45]] as const;
const METRICS = {
  impressions: "impressions",
  clicks: "clicks",
  spend_micros: "spend",
  conversions_millionths: "conversions",
  conversion_value_micros: "revenue",
} as const;
const COLUMNS = "impressions,clicks,spend,conversions,revenue";

/**
 * Prints campaigns by day.
 *
 * @param company The company.
 * @returns One row for each campaign and day, oldest first.
 */
export function printCampaigns(company: Company): MappedFile {
  const random = seededRandom(company.options.seed + 1);
  const rows = company.days.flatMap((day, index) =>
    company.campaigns.map((campaign) => {
      const spend = campaign.spend[index] ?? 0;
      const revenue = campaign.revenue[index] ?? 0;
      const clicks = Math.round(spend / campaign.clickMicros);
      const impressions = Math.round(clicks / between(random, 0.009, 0.012));
      const conversions = revenue / campaign.valueMicros;
      return [
        day,
        campaign.channel,
        campaign.id,
        impressions,
        clicks,
        decimalFromMicros(BigInt(spend)),
        conversions.toFixed(6),
        decimalFromMicros(BigInt(revenue)),
      ].join(",");
    })
  );
  return {
    text: `date,channel,campaign,${COLUMNS}\n${rows.join("\n")}\n`,
    mapping: mapping("campaign_daily", "campaign", {
      account: "shop",
      channel: "{channel}",
      campaign: "{campaign}",
    }),
  };
}

/**
 * Names the placements of every campaign.
 *
 * @param company The company.
 * @returns Three for each campaign, with their true conversion shares.
 */
export function placementsOf(company: Company): Placement[] {
  return company.campaigns.flatMap((campaign) =>
    PLACEMENTS.map(([name, factor]) => ({
      id: `${campaign.id}/${name}`,
      campaign,
      conversionShare: 0.04 * factor,
    }))
  );
}

/**
 * Prints placements by day.
 *
 * @param company The company.
 * @param days How many of the last days.
 * @returns One row for each placement and day.
 */
export function printPlacements(company: Company, days: number): MappedFile {
  const random = seededRandom(company.options.seed + 2);
  const from = company.days.length - days;
  const placements = placementsOf(company);
  const rows = company.days.slice(from).flatMap((day, index) =>
    placements.map(({ id, campaign, conversionShare }) => {
      const spend = Math.round((campaign.spend[from + index] ?? 0) / 3);
      const clicks = Math.round(spend / campaign.clickMicros);
      const expected = clicks * conversionShare;
      const conversions = Math.max(
        0,
        Math.round(expected + Math.sqrt(expected) * random.normal()),
      );
      const revenue = conversions * Math.round(campaign.valueMicros);
      return [
        day,
        campaign.channel,
        campaign.id,
        id,
        Math.round(clicks / between(random, 0.009, 0.012)),
        clicks,
        decimalFromMicros(BigInt(spend)),
        conversions,
        decimalFromMicros(BigInt(revenue)),
      ].join(",");
    })
  );
  return {
    text: `date,channel,campaign,placement,${COLUMNS}\n${rows.join("\n")}\n`,
    mapping: mapping("placement_daily", "placement", {
      account: "shop",
      channel: "{channel}",
      campaign: "{campaign}",
      placement: "{placement}",
    }),
  };
}

function mapping(
  report: string,
  level: string,
  entities: Readonly<Record<string, string>>,
): unknown {
  return {
    about: `Simulated ${report}`,
    signals: [{
      grain: "performance",
      report,
      level,
      entities,
      day: { column: "date" },
      zone: "UTC",
      currency: "EUR",
      attribution: "click_7d",
      metrics: METRICS,
    }],
  };
}
