/**
 * `moe data-keys` and `moe seal`: the keys that what is kept is sealed under.
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";
import type { DataKeys } from "../encryption/data_keys.ts";
import { sealSecret } from "../encryption/sealed_secret.ts";
import type { DataKeyCount } from "../ports/encryption.ts";
import { type Command, textOption } from "./command.ts";
import { AS, type Opened, TENANT, withEngine } from "./open.ts";
import { readMasterKeys, UNSEALED } from "./open_kept.ts";
import { personOption, tenantOption } from "./option.ts";
import { printTable } from "./terminal.ts";

/** Lists the keys. */
export const dataKeysList: Command = {
  name: "data-keys list",
  about: "the keys that decisions, artifacts and secrets are sealed under",
  operands: [],
  options: { tenant: "only this tenant; all unless given" },
  run: (scope, _operands, options) =>
    withEngine(scope, async (opened) => {
      const tenant = options.tenant === undefined
        ? null
        : tenantOption(options);
      const listed = await demandKeys(opened).list(tenant);
      printKeys(listed).forEach(scope.terminal.line);
      return 0;
    }),
};

function printKeys(listed: readonly DataKeyCount[]): string[] {
  return printTable(
    [
      ...["tenant", "key", "wrapped by", "made"].map((heading) => ({
        heading,
      })),
      { heading: "living", numeric: true },
      { heading: "destroyed", numeric: true },
      ...["destroyed by", "why"].map((heading) => ({ heading })),
    ],
    listed.map((one) => [
      one.tenant,
      one.version === 0 ? "of subjects" : `version ${one.version}`,
      one.wrapper ?? "the tenant's keys",
      one.createdAt,
      String(one.living),
      String(one.destroyed),
      one.destroyedBy ?? "",
      one.reason ?? "",
    ]),
  );
}

/** Changes keys without touching what they sealed. */
export const dataKeysRotate: Command = {
  name: "data-keys rotate",
  about:
    "make a tenant's next key, or wrap all tenants' keys by the master key of now",
  operands: [],
  options: {
    tenant: "make this tenant's next key; older ones still open",
    "master-new":
      "file of another master key; every node must know it already, as a further line of its MOE_MASTER_KEY_FILE",
  },
  run: (scope, _operands, options) =>
    withEngine(scope, async (opened) => {
      const keys = demandKeys(opened);
      if (options.tenant !== undefined) {
        const version = await keys.rotate(tenantOption(options));
        scope.terminal.line(`version ${version} seals from now on`);
        return 0;
      }
      const file = textOption(options, "master-new", "");
      const by = file === "" ? undefined : await readMasterKeys(file);
      const rewrapped = await keys.rewrap(by);
      scope.terminal.line(`${rewrapped} keys are wrapped anew`);
      if (by !== undefined) {
        scope.terminal.line(
          `from now on ${by.id} must be a line of every node's MOE_MASTER_KEY_FILE`,
        );
      }
      return 0;
    }),
};

/** Makes what was sealed for a tenant unreadable, for ever. */
export const dataKeysDestroy: Command = {
  name: "data-keys destroy",
  about:
    "destroy every key of a tenant: its logged decisions, artifacts and secrets are then unreadable, for ever",
  operands: [],
  options: {
    "tenant*": "whose",
    "reason*": "why, for whoever asks later",
    ...AS,
    "yes-destroy":
      "the tenant once more, to be sure; without it nothing is destroyed",
  },
  run: (scope, _operands, options) => {
    const tenant = tenantOption(options);
    if (options["yes-destroy"] !== tenant) throw unsure(tenant);
    return withEngine(scope, async (opened) => {
      const destroyed = await demandKeys(opened).destroy(tenant, {
        at: opened.clock.now(),
        by: `cli:${personOption(options)}`,
        reason: textOption(options, "reason", ""),
      });
      scope.terminal.line(`${destroyed} keys of ${tenant} are destroyed`);
      return 0;
    });
  },
};

/** Seals a secret for a file of sources or destinations. */
export const sealCommand: Command = {
  name: "seal",
  about:
    'seal a secret, read from standard input, for {"sealed": …} in MOE_SOURCES or MOE_DESTINATIONS',
  operands: [],
  options: TENANT,
  run: (scope, _operands, options) =>
    withEngine(scope, async (opened) => {
      const text = await new Response(Deno.stdin.readable).text();
      const secret = text.replace(/\r?\n$/, "");
      if (secret === "") throw nothingToSeal();
      const keys = demandKeys(opened);
      scope.terminal.line(
        await sealSecret(keys, tenantOption(options), secret),
      );
      return 0;
    }),
};

function demandKeys({ dataKeys }: Pick<Opened, "dataKeys">): DataKeys {
  if (dataKeys !== null) return dataKeys;
  throw new EngineError(
    "configuration_invalid",
    `Cannot use data keys: ${UNSEALED}`,
  );
}

function unsure(tenant: string): EngineError {
  return new EngineError(
    "request_invalid",
    `Cannot destroy the keys of tenant "${tenant}": what they sealed would be lost for ever; if that is wanted, add --yes-destroy ${tenant}`,
    { facts: { tenant } },
  );
}

function nothingToSeal(): EngineError {
  return new EngineError(
    "request_invalid",
    "Cannot seal secret: standard input is empty",
  );
}
