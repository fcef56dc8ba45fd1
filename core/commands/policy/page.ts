/**
 * `moe policy page`: writes a policy as a page, in one file.
 *
 * @module
 */
import { EngineError } from "../../domain/error.ts";
import { printPolicyPage } from "../../http/policy_page.tsx";
import { sayPolicy } from "../../verdicts/explain/sentence.ts";
import type { Command } from "../command.ts";
import { readPolicyFile } from "./policy_file.ts";

/** Prints a policy as an HTML page. */
export const policyPage: Command = {
  name: "policy page",
  about: "print a policy as an HTML page: sentences, notation and cases",
  operands: ["FILE"],
  options: { out: "file to write; standard output unless given" },
  async run({ terminal }, [path = ""], { out }) {
    const { document, lists } = await readPolicyFile(path);
    const { text } = printPolicyPage(sayPolicy(document, lists), []);
    if (typeof out === "string") {
      await writePage(out, text);
      terminal.line(out);
    } else terminal.line(text);
    return 0;
  },
};

async function writePage(path: string, text: string): Promise<void> {
  try {
    await Deno.writeTextFile(path, text);
  } catch (cause) {
    throw new EngineError(
      "file_unreadable",
      `Cannot write page "${path}": give another file with --out`,
      { cause },
    );
  }
}
