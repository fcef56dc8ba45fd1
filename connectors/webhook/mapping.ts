/**
 * The mapping of a delivery's records: that of a stream, and beside the record's
 * own members two that the delivery says, `@delivery.id` and
 * `@delivery.received_at`.
 *
 * @module
 */
import { RecordFault, type Signal, suggestName } from "@moe/plugin";
import * as z from "zod";
import { gatherMembers } from "../mapping/columns.ts";
import {
  mappingInvalid,
  parseMapping,
  SignalMappings,
} from "../mapping/mapping.ts";
import { compileMapping } from "../mapping/row_signals.ts";
import { findMember } from "../mapping/streams.ts";
import type { Scheme } from "./signature.ts";

const RecordMapping = z.strictObject({
  about: z.string().default(""),
  nulls: z.array(z.string()).default([""]),
  signals: SignalMappings,
});

/** How records are read. */
export type RecordMapping = z.infer<typeof RecordMapping>;

/** What a delivery says beside its records, by the names that mappings use. */
export type DeliveryFacts = Readonly<Record<string, string>>;

/** Says what a record means; throws a `RecordFault` if it makes no sense. */
export type ReadRecord = (
  record: unknown,
  facts: DeliveryFacts,
) => readonly Signal[];

const PREFIX = "@delivery.";

/**
 * Reads a mapping.
 *
 * @param value The mapping's JSON.
 * @param scheme How deliveries are signed: only some name themselves.
 * @returns The mapping, defaults filled in.
 * @throws {EngineError} `mapping_invalid`, naming each wrong member by its path.
 */
export function parseRecordMapping(
  value: unknown,
  scheme: Scheme,
): RecordMapping {
  const mapping = parseMapping(RecordMapping, value, "mapping");
  openMapping(mapping, scheme);
  return mapping;
}

/**
 * Makes the reader of records.
 *
 * @param mapping How they are read.
 * @param scheme How deliveries are signed.
 * @returns The reader.
 * @throws {EngineError} `mapping_invalid`, for facts that deliveries do not tell.
 */
export function openMapping(
  mapping: RecordMapping,
  scheme: Scheme,
): ReadRecord {
  const members = gatherMembers();
  const read = compileMapping(mapping, members, "mapping");
  const { names, paths } = members;
  const known = [
    `${PREFIX}received_at`,
    ...(scheme === "standard_webhooks" ? [`${PREFIX}id`] : []),
  ];
  const faults = names.flatMap((name, at) =>
    !name.startsWith(PREFIX) || known.includes(name) ? [] : [
      `${paths[at]}: deliveries do not tell "${name}"; ${
        suggestName(name, known)
      }`,
    ]
  );
  if (faults.length > 0) throw mappingInvalid(faults);
  return (record, facts) => {
    const fields = lazily((at) => print(record, names[at] ?? "", facts));
    return read({ fields, number: 0 });
  };
}

/**
 * Texts that are looked up when a signal asks for them: senders send records of many
 * kinds, in which one member may be a text here and a list there.
 */
function lazily(
  textAt: (at: number) => string | null,
): readonly (string | null)[] {
  return new Proxy<(string | null)[]>([], {
    get: (_, at) => textAt(Number(String(at))),
  });
}

function print(
  record: unknown,
  name: string,
  facts: DeliveryFacts,
): string | null {
  if (name.startsWith(PREFIX)) return facts[name.slice(PREFIX.length)] ?? null;
  const value = findMember(record, name);
  if (value === null || value === undefined) return null;
  if (typeof value !== "object") return String(value);
  throw new RecordFault(
    "value_nested",
    `"${name}" holds a list or record; name a member inside it`,
  );
}
