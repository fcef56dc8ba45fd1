/**
 * Configuration of one ad account.
 *
 * @module
 */
import * as z from "zod";
import { findOverlap } from "./conversions.ts";

const Digits = z.string().regex(/^\d{1,30}$/, "digits only, without act_");

/** Parses the configuration. */
export const Config = z.strictObject({
  /** Ad account, without `act_`. */
  accountId: Digits,
  /** App that the token was made for: all its tokens share one quota. */
  appId: Digits,
  /** Token of a system user with `ads_read`, and `ads_management` to write. */
  accessToken: z.string().min(1),
  /** Secret of the app; proves each call where the app demands proof. */
  appSecret: z.string().min(1).optional(),
  /** Action types that count as conversions; none may hold another. */
  conversionActions: z.array(z.string().min(1)).min(1)
    .default(["omni_purchase"])
    .superRefine((types, context) => {
      const overlap = findOverlap(types);
      if (overlap === null) return;
      const [one, other] = overlap;
      context.addIssue({
        code: "custom",
        message:
          `"${one}" and "${other}" count the same actions, which would be counted twice`,
      });
    }),
});

/** One ad account. */
export type Config = z.infer<typeof Config>;
