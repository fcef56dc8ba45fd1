/**
 * What the operator says of a Google Ads account.
 *
 * @module
 */
import * as z from "zod";

const CustomerId = z.string()
  .regex(/^\d{3}-?\d{3}-?\d{4}$/, "must be ten digits, as 123-456-7890")
  .transform((text) => text.replaceAll("-", ""));

/** Configuration of the connector. */
export const Config = z.strictObject({
  /** The account, never a manager: managers have no metrics. */
  customerId: CustomerId,
  /** Manager through which the account is reached, if any. */
  loginCustomerId: CustomerId.optional(),
  /** OAuth client; its Google Cloud project has the API's access level. */
  clientId: z.string().min(1),
  clientSecret: z.string().min(1),
  refreshToken: z.string().min(1),
  /** Sent where it is given; the vendor has ignored it since 2026-09-09. */
  developerToken: z.string().min(1).optional(),
});

/** Configuration of the connector. */
export type Config = z.infer<typeof Config>;

/**
 * Names who shares the quotas: the daily one belongs to the Google Cloud project,
 * whose number the client id begins with; calls a second to project and account.
 */
export function nameQuotas(
  { clientId, customerId }: Config,
): { readonly developer: string; readonly account: string } {
  const [project = clientId] = /^\d+(?=[-.])/.exec(clientId) ?? [];
  return { developer: project, account: `${project}/${customerId}` };
}
