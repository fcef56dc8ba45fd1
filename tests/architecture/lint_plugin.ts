/**
 * House rules that the linter can see: floors, and what plugins must not take.
 *
 * @module
 */
import { relativeToRoot, resolveImport } from "./paths.ts";
import { refuseImport } from "./floors.ts";

const MAX_FUNCTION_LINES = 50;
const MAX_PARAMETERS = 3;
/** Tables of cases and checks, and texts of files to be written. */
const SPRAWLING = /^tests\/|_(test|checks|template)\.tsx?$/;
const TAKEN = new Set(["fetch", "Deno", "WebSocket", "Worker", "process"]);
const LENT = [
  ["Math", "random"],
  ["Date", "now"],
  ["performance", "now"],
  ["crypto", "getRandomValues"],
  ["crypto", "randomUUID"],
];

function isPluginSource(file: string): boolean {
  return /^(connectors|models)\//.test(file) && !file.endsWith("_test.ts");
}

function importRule(context: Deno.lint.RuleContext) {
  const file = relativeToRoot(context.filename);
  function check(node: Deno.lint.Node, source: unknown): void {
    if (file === null || typeof source !== "string") return;
    const target = resolveImport(file, source);
    const refusal = target === null ? null : refuseImport(file, target);
    if (refusal !== null) context.report({ node, message: refusal });
  }
  return {
    ImportDeclaration(node: Deno.lint.ImportDeclaration) {
      check(node, node.source.value);
    },
    ImportExpression(node: Deno.lint.ImportExpression) {
      check(node, (node.source as { value?: unknown }).value);
    },
    ExportNamedDeclaration(node: Deno.lint.ExportNamedDeclaration) {
      check(node, node.source?.value);
    },
    ExportAllDeclaration(node: Deno.lint.ExportAllDeclaration) {
      check(node, node.source?.value);
    },
  };
}

function lentRule(context: Deno.lint.RuleContext) {
  const file = relativeToRoot(context.filename);
  if (file === null || !isPluginSource(file)) return {};
  function report(node: Deno.lint.Node, name: string): void {
    context.report({
      node,
      message: `A plugin is lent what it may use and does not take ${name}`,
    });
  }
  return {
    CallExpression(node: Deno.lint.CallExpression) {
      const { callee } = node;
      if (callee.type === "Identifier" && TAKEN.has(callee.name)) {
        report(node, callee.name);
      }
    },
    MemberExpression(node: Deno.lint.MemberExpression) {
      const { object, property } = node;
      if (object.type !== "Identifier" || property.type !== "Identifier") {
        return;
      }
      const taken = TAKEN.has(object.name) ||
        LENT.some(([of, name]) => object.name === of && property.name === name);
      if (taken) report(node, `${object.name}.${property.name}`);
    },
    NewExpression(node: Deno.lint.NewExpression) {
      const { callee } = node;
      if (callee.type !== "Identifier") return;
      const readsClock = callee.name === "Date" && node.arguments.length === 0;
      if (readsClock || TAKEN.has(callee.name)) report(node, callee.name);
    },
  };
}

type AnyFunction =
  | Deno.lint.FunctionDeclaration
  | Deno.lint.FunctionExpression
  | Deno.lint.ArrowFunctionExpression;

/** A function is read at one glance: at most 50 lines and three parameters. */
function glanceRule(context: Deno.lint.RuleContext) {
  const file = relativeToRoot(context.filename);
  if (file === null || SPRAWLING.test(file)) return {};
  const { text } = context.sourceCode;
  function check(node: AnyFunction): void {
    const [from, until] = node.range;
    const lines = text.slice(from, until).split("\n").length;
    if (lines > MAX_FUNCTION_LINES) {
      context.report({
        node,
        message:
          `A function has at most ${MAX_FUNCTION_LINES} lines, not ${lines}`,
      });
    }
    if (node.params.length > MAX_PARAMETERS) {
      context.report({
        node,
        message: `A function takes at most ${MAX_PARAMETERS} parameters`,
      });
    }
  }
  return {
    FunctionDeclaration: check,
    FunctionExpression: check,
    ArrowFunctionExpression: check,
  };
}

const plugin: Deno.lint.Plugin = {
  name: "moe",
  rules: {
    floors: { create: importRule },
    lent: { create: lentRule },
    glance: { create: glanceRule },
  },
};

export default plugin;
