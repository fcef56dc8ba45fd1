/**
 * `moe models card` and `moe models reproduce`: what a version is, for whoever answers
 * for it, and the proof that its record makes it.
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";
import { printModelRef } from "../domain/score.ts";
import { writeCard } from "../training/card.ts";
import type { Reproduction } from "../training/reproduce.ts";
import { type Command, textOption } from "./command.ts";
import { modelRefOperand } from "./model_operand.ts";
import { TENANT, withEngine } from "./open.ts";
import { tenantOption } from "./option.ts";

/** Writes a model's card. */
export const modelsCard: Command = {
  name: "models card",
  about: "write a version's card: Markdown, with charts as SVG beside it",
  operands: ["NAME@VERSION"],
  options: { ...TENANT, "out*": "folder for card.md and its charts" },
  run: (scope, [text = ""], options) =>
    withEngine(scope, async ({ engine: { models } }) => {
      const tenant = tenantOption(options);
      const ref = modelRefOperand(text);
      const record = await models.find(tenant, ref);
      if (record === null) {
        throw new EngineError(
          "not_found",
          `Cannot find model "${text}": there is no such version`,
        );
      }
      const card = writeCard({
        record,
        evidence: await models.evidence(tenant, ref),
        events: await models.events(tenant, ref.name),
      });
      const folder = textOption(options, "out", "");
      await Deno.mkdir(folder, { recursive: true });
      for (const [name, content] of Object.entries(card)) {
        await Deno.writeTextFile(`${folder}/${name}`, content);
        scope.terminal.line(`${folder}/${name}`);
      }
      return 0;
    }),
};

/** Makes a version again. */
export const modelsReproduce: Command = {
  name: "models reproduce",
  about: "make a version again from its record and compare the bytes",
  operands: ["NAME@VERSION"],
  options: { ...TENANT, "json!": "print the result as JSON" },
  run: (scope, [text = ""], options) =>
    withEngine(scope, async ({ engine }) => {
      const result = await engine.reproduce({
        tenant: tenantOption(options),
        ref: modelRefOperand(text),
        report: scope.terminal.progress,
      });
      scope.terminal.done();
      const lines = options.json === true
        ? [JSON.stringify(toJson(result))]
        : print(result);
      lines.forEach(scope.terminal.line);
      return result.differences.length === 0 ? 0 : 1;
    }),
};

function print({ ref, made, differences }: Reproduction): string[] {
  return differences.length === 0
    ? [`${printModelRef(ref)}  same bytes  ${made.artifactHash}`]
    : [`${printModelRef(ref)}  other bytes`, ...differences];
}

function toJson({ ref, recorded, made, differences }: Reproduction) {
  return {
    "model_version": printModelRef(ref),
    same: differences.length === 0,
    ...{ recorded, made, differences },
  };
}
