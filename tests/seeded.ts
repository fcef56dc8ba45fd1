/**
 * Properties that draw from one seed, so that the same tree gets the same verdict from
 * every run of all tests, which loads this first; `MOE_TEST_SEED` draws others. A test
 * file run by itself draws anew each time.
 *
 * @module
 */
import fc from "fast-check";

fc.configureGlobal({ seed: Number(Deno.env.get("MOE_TEST_SEED") ?? 20261126) });
