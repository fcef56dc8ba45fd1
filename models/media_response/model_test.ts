/**
 * The conformance kit.
 *
 * @module
 */
import { testModel } from "@moe/plugin/test";
import family from "./model.ts";

testModel(family);
