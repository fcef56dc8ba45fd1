/**
 * What the help of a command says must be given is what the workflow demands.
 *
 * @module
 */
import assert from "node:assert/strict";
import { ACTS } from "../../governance/acts.ts";
import { parseArguments } from "../command.ts";
import {
  changesAcknowledge,
  changesActivate,
  changesApprove,
  changesRecall,
  changesReject,
  changesRequest,
  changesSubmit,
  changesWithdraw,
} from "./reviewing.ts";

Deno.test.each(
  [
    { act: "acknowledge", command: changesAcknowledge },
    { act: "activate", command: changesActivate },
    { act: "approve", command: changesApprove },
    { act: "recall", command: changesRecall },
    { act: "reject", command: changesReject },
    { act: "return", command: changesRequest },
    { act: "submit", command: changesSubmit },
    { act: "withdraw", command: changesWithdraw },
  ] as const,
)("a reason is asked for where $act demands one", (one) => {
  const { act, command } = one;
  const given = Object.keys(command.options)
    .filter((name) => name.endsWith("*") && name !== "reason*")
    .flatMap((name) => [`--${name.slice(0, -1)}`, "x"]);
  const parse = () => parseArguments(command, ["chg_1", ...given]);
  if (ACTS[act].reasoned) assert.throws(parse, /--reason must be given/);
  else assert.equal(parse().options.reason, undefined);
});
