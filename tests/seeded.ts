/**
 * Properties that draw from one seed, so that the same tree gets the same verdict from
 * every run; `MOE_TEST_SEED` draws others. Imported for that effect.
 *
 * @module
 */
import fc from "fast-check";

fc.configureGlobal({ seed: Number(Deno.env.get("MOE_TEST_SEED") ?? 20261126) });
