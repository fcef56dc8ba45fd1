/**
 * The one body of every error, as a schema.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import { CODES } from "../../domain/error.ts";

const codes = Object.keys(CODES);

/** RFC 9457 problem details with the engine's members. */
export const problemSchema = z.object({
  type: z.string().openapi({ example: "/docs#request_invalid" }),
  title: z.string(),
  status: z.int(),
  code: z.enum(codes),
  detail: z.string(),
  retryable: z.boolean().openapi({
    description: "Whether the same request may succeed later",
  }),
  facts: z.record(z.string(), z.union([z.string(), z.number()])),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).openapi({
    description: "Fields that are wrong; empty when it is not about fields",
  }),
  "violated-policies": z.array(z.string()).optional().openapi({
    description:
      "Quotas that are used up, by their names in `RateLimit-Policy`",
  }),
}).openapi("Problem");
