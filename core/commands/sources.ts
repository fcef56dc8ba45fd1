/**
 * `moe sources` and `moe dead-letters`: what came in, and what could not.
 *
 * @module
 */
import type { Command } from "./command.ts";
import { TENANT, withEngine } from "./open.ts";
import { tenantOption, wholeNumberOption } from "./option.ts";
import { printTable } from "./terminal.ts";

const LIMIT = { otherwise: 20, least: 1, most: 10_000 };

/** What each source has brought. */
export const sources: Command = {
  name: "sources",
  about: "what each source has brought, and when it was last heard of",
  operands: [],
  options: { ...TENANT, "json!": "print JSON" },
  run: (scope, _operands, options) =>
    withEngine(scope, async ({ stores }) => {
      const counts = await stores.signals.count(
        tenantOption(options),
      );
      if (options.json) {
        scope.terminal.line(JSON.stringify(counts, null, 2));
        return 0;
      }
      printTable(
        [
          { heading: "source" },
          { heading: "performance", numeric: true },
          { heading: "revisions", numeric: true },
          { heading: "events", numeric: true },
          { heading: "dead letters", numeric: true },
          { heading: "last heard of" },
        ],
        counts.map((count) => [
          count.source,
          String(count.performance),
          String(count.revisions),
          String(count.events),
          String(Object.values(count.deadLetters).reduce((a, b) => a + b, 0)),
          count.lastObservedAt ?? "never",
        ]),
      ).forEach(scope.terminal.line);
      return 0;
    }),
};

/** Records that could not become signals. */
export const deadLetters: Command = {
  name: "dead-letters",
  about: "records that could not become signals, with their original text",
  operands: [],
  options: {
    ...TENANT,
    source: "only of this source",
    reason: "only for this reason",
    limit: "how many at most; 20 unless given",
    "json!": "print JSON",
  },
  run: (scope, _operands, options) =>
    withEngine(scope, async ({ stores }) => {
      const letters = await stores.signals.listDeadLetters(
        tenantOption(options),
        {
          ...(typeof options.source === "string" && { source: options.source }),
          ...(typeof options.reason === "string" && { reason: options.reason }),
          limit: wholeNumberOption(options, "limit", LIMIT),
        },
      );
      if (options.json) {
        scope.terminal.line(JSON.stringify(letters, null, 2));
        return 0;
      }
      printTable(
        [
          { heading: "source" },
          { heading: "reason" },
          { heading: "detail" },
          { heading: "original" },
        ],
        letters.map(({ source, reason, detail, original }) => [
          source,
          reason,
          detail,
          original.trim().slice(0, 60),
        ]),
      ).forEach(scope.terminal.line);
      return 0;
    }),
};
