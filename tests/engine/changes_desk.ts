/**
 * A machine with a folder of policies, and `moe` as people run it there.
 *
 * @module
 */
import assert from "node:assert/strict";
import { readConfiguration } from "../../core/commands/configuration.ts";
import { openEngine } from "../../core/commands/open.ts";
import { runCommand } from "../../core/commands/run.ts";
import { EngineError } from "../../core/domain/error.ts";

/** What a command printed, and how it ended. */
export interface Answer {
  readonly code: number;
  readonly text: string;
}

/** A machine with a folder of policies and an engine. */
export interface Desk {
  readonly folder: string;
  moe(...args: string[]): Promise<Answer>;
  /** What the command refuses. */
  refused(...args: string[]): Promise<EngineError>;
  /** The most that may be bid, micros. */
  ceiling(): Promise<number | null>;
  /** Puts a policy file into the folder. */
  write(document: { readonly policy: string }): Promise<void>;
}

/** Lends a machine whose one policy caps bids at 5. */
export async function withDesk(
  work: (desk: Desk) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "changes_" });
  await Deno.mkdir(`${folder}/policies`);
  const variables: Record<string, string> = {
    MOE_DATA: `${folder}/data`,
    MOE_POLICIES: `${folder}/policies`,
    MOE_IDENTITY_KEY: "5a".repeat(32),
  };
  const configuration = readConfiguration((name) => variables[name]);
  const moe = async (...args: string[]): Promise<Answer> => {
    const lines: string[] = [];
    const add = (text: string) => void lines.push(text);
    const terminal = { line: add, warn: add, progress() {}, done() {} };
    const code = await runCommand({ configuration, terminal }, args);
    return { code, text: lines.join("\n") };
  };
  const desk: Desk = {
    ...{ folder, moe },
    refused: async (...args) => {
      const error = await moe(...args).catch((error) => error);
      assert.ok(error instanceof EngineError, JSON.stringify(error));
      return error;
    },
    ceiling: async () => {
      const opened = await openEngine(configuration);
      const verdict = opened.engine.policies("acme").judge("bid", {}, {
        ...{ tenant: "acme", channel: null, amountMicros: 9_000_000 },
      });
      await opened.close();
      return verdict.amountMicros;
    },
    write: (document) =>
      Deno.writeTextFile(
        `${folder}/policies/${document.policy}.json`,
        JSON.stringify(document),
      ),
  };
  try {
    await desk.write(capAt(5));
    await work(desk);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A policy that caps bids at so many currency units, and its cases. */
export function capAt(units: number, policy = "ceiling") {
  const to = units * 1_000_000;
  return {
    ...{ policy, version: units, owner: "growth", about: "A most" },
    on: ["bid"],
    rules: [{
      ...{ id: "most", effect: "cap", reason: "Enough", to },
      when: { ">": [{ var: "amount.micros" }, to] },
    }],
    cases: [
      {
        note: "cut",
        facts: { amount: { micros: to + 1 } },
        ...{ want: ["most"], wantMicros: to },
      },
      {
        note: "just enough",
        facts: { amount: { micros: to } },
        ...{ want: [], wantMicros: to },
      },
    ],
  };
}
