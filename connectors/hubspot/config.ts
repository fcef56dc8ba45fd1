/**
 * How a HubSpot account is configured.
 *
 * @module
 */
import * as z from "zod";

const Secret = z.string().min(1).optional();
const Host = z.string().regex(
  /^[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z][a-z0-9-]*$/,
  "it must be a plain host name, such as files.example.com",
);

/** Members of the configuration; README.md beside this file says what each is. */
export const Config = z.strictObject({
  /** The account, also called hub. */
  portalId: z.string().regex(/^[1-9]\d*$/),
  /** Token of a private app or service key; not needed beside a refresh token. */
  accessToken: Secret,
  clientId: Secret,
  /** The app's secret: renews access, and signs what is pushed. */
  clientSecret: Secret,
  /** The secret before, accepted for pushes while it is changed over. */
  previousClientSecret: Secret,
  refreshToken: Secret,
  /** How pushes are signed; the older two only where a subscription still has them. */
  signatureVersion: z.enum(["v1", "v2", "v3"]).default("v3"),
  /** Properties of a deal that may name its campaign; the first with a value does. */
  campaignProperties: z.array(z.string().min(1)).max(10)
    .default(["hs_campaign", "utm_campaign"]),
  /** The webhooks journal of the app; it is not read if absent. */
  journal: z.strictObject({
    /** Hosts at which HubSpot keeps the journal's files. */
    hosts: z.array(Host).max(10),
  }).optional(),
}).refine(
  ({ refreshToken, clientId, clientSecret }) =>
    refreshToken === undefined || (clientId && clientSecret),
  { path: ["refreshToken"], error: "it needs clientId and clientSecret" },
).refine(
  ({ journal, clientId, clientSecret }) =>
    journal === undefined || (clientId && clientSecret),
  { path: ["journal"], error: "it needs clientId and clientSecret" },
);

/** A parsed configuration. */
export type Config = z.infer<typeof Config>;
