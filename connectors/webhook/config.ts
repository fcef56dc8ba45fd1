/**
 * How deliveries are received, and where changes are sent: one of the two, or both.
 *
 * @module
 */
import * as z from "zod";
import { parseRecordMapping, type RecordMapping } from "./mapping.ts";
import { isPath } from "./records.ts";
import { SCHEMES, type SenderTerms } from "./signature.ts";

const Secret = z.string().min(16);

/** Of Standard Webhooks: base64 of 24 to 64 bytes, with its prefix or without. */
const SigningSecret = z.string().regex(
  /^(?:whsec_)?[A-Za-z0-9+/]{32,86}={0,2}$/,
  "expected base64 of 24 to 64 bytes, with or without whsec_",
);

const Address = z.url({ protocol: /^https?$/ }).refine((text) => {
  const { protocol, hostname, username, password, hash } = new URL(text);
  const open = protocol === "https:" ||
    ["127.0.0.1", "localhost", "[::1]"].includes(hostname);
  return open && username + password + hash === "";
}, "expected https, or http on this machine, and no password in it");

const Settings = z.strictObject({
  /** How the sender signs. */
  scheme: z.enum(SCHEMES).optional(),
  secret: Secret.optional(),
  /** The secret before, accepted while the sender changes over. */
  previousSecret: Secret.optional(),
  /** Address that Mandrill has, where it is not the one that is called. */
  url: z.url().optional(),
  /** Path to the records. */
  records: z.string().max(200).refine(isPath, {
    error: "expected names with dots between them, * for each",
  }).optional(),
  mapping: z.unknown().optional(),
  /** Where changes are sent. */
  changesUrl: Address.optional(),
  /** Where values are asked for; where changes are sent, unless given. */
  readUrl: Address.optional(),
  /** Signs what is sent. */
  signingSecret: SigningSecret.optional(),
  /** The secret before; signs beside the present one while the receiver changes over. */
  previousSigningSecret: SigningSecret.optional(),
  /** Smallest step of a budget, micros. */
  unitMicros: z.int().positive().default(1),
}).superRefine((given, context) => {
  const { scheme, secret, mapping, changesUrl, signingSecret } = given;
  const receives = { scheme, secret, mapping };
  const sends = { changesUrl, signingSecret };
  const sendsOnly = changesUrl !== undefined || signingSecret !== undefined;
  const wanted = {
    ...(sendsOnly && !Object.values(receives).some(Boolean) ? {} : receives),
    ...(sendsOnly ? sends : {}),
  };
  for (const [member, value] of Object.entries(wanted)) {
    if (value !== undefined) continue;
    const message = "it is missing";
    context.addIssue({ code: "custom", path: [member], message });
  }
});

/** How deliveries are read, as parsed. */
export interface Receiving extends SenderTerms {
  readonly records?: string | undefined;
  readonly mapping: RecordMapping;
}

/** Where changes are sent, and how they are signed. */
export interface Sending {
  readonly changesUrl: string;
  readonly readUrl: string;
  /** Each signs; the present one first. */
  readonly signingSecrets: readonly string[];
}

/** A configuration, parsed; secrets stand where they were given. */
export type Config = Omit<z.infer<typeof Settings>, "mapping"> & {
  readonly receiving: Receiving | null;
  readonly sending: Sending | null;
};

/**
 * Parses a configuration.
 *
 * @throws What names each wrong member by its path.
 */
export function parseConfig(value: unknown): Config {
  const { mapping, ...settings } = Settings.parse(value);
  const { scheme, secret, changesUrl, signingSecret } = settings;
  return {
    ...settings,
    receiving: scheme && secret
      ? {
        ...settings,
        ...{ scheme, secret },
        mapping: parseRecordMapping(mapping, scheme),
      }
      : null,
    sending: changesUrl && signingSecret
      ? {
        changesUrl,
        readUrl: settings.readUrl ?? changesUrl,
        signingSecrets: [signingSecret, settings.previousSigningSecret]
          .filter((one) => one !== undefined),
      }
      : null,
  };
}
