/**
 * What an operator says of a Google Analytics property.
 *
 * @module
 */
import * as z from "zod";

const OAUTH = ["clientId", "clientSecret", "refreshToken"] as const;
const SERVICE_ACCOUNT = ["clientEmail", "privateKey"] as const;
const TEXT = z.string().min(1).optional();

/** Parses the configuration: one of the two ways to sign in must be whole. */
export const Config = z.strictObject({
  /** Number of the property, not the measurement id that begins with `G-`. */
  propertyId: z.string().regex(/^\d{1,20}$/),
  /** OAuth client and the refresh token that a person granted it. */
  clientId: TEXT,
  clientSecret: TEXT,
  refreshToken: TEXT,
  /** Service account; signs in where both ways are given. */
  clientEmail: TEXT,
  /** Its private key, PEM. */
  privateKey: TEXT,
  /** Whether to ask for cost, clicks and impressions of linked advertising. */
  adMetrics: z.boolean().default(false),
}).refine(
  (config) =>
    [OAUTH, SERVICE_ACCOUNT].some((way) =>
      way.every((member) => config[member] !== undefined)
    ),
  {
    error: `it needs ${SERVICE_ACCOUNT.join(" and ")}, or ${OAUTH.join(", ")}`,
  },
);

/** Parsed configuration. */
export type Config = z.infer<typeof Config>;
