/**
 * How a Salesforce org is configured.
 *
 * @module
 */
import * as z from "zod";

/** Members of the configuration; README.md beside this file says what each is. */
export const Config = z.strictObject({
  /** The org's own domain, where its API and its tokens are. */
  instanceHost: z.string().regex(
    /^[a-z0-9][a-z0-9.-]*\.my\.salesforce\.com$/,
    "must be a host below my.salesforce.com",
  ),
  clientId: z.string().min(1),
  clientSecret: z.string().min(1),
  /** The first refresh token; each is used once where rotation is on. */
  refreshToken: z.string().min(1),
  /** Currency of an org that has one; absent where each record names its own. */
  currency: z.string().regex(/^[A-Z]{3}$/).optional(),
});

/** A parsed configuration. */
export type Config = z.infer<typeof Config>;
