/**
 * Both sides of connectors: what they bring in, and where plans are written. Kill
 * switches are looked at before each step.
 *
 * @module
 */
import { openTenantDestination } from "../plans/destinations/tenant_destination.ts";
import type { PlansScope } from "../plans/life/scope.ts";
import type { SourceBook } from "../signals/configured.ts";
import type { ReceiveReport } from "../signals/receive.ts";
import {
  createSignals,
  type Lender,
  type Signals,
} from "../signals/signals.ts";
import type { DeliveryJob } from "../engine.ts";
import type { EngineParts } from "./parts.ts";
import { demandRunning, demandWriting, lendUnlessStopped } from "./stopping.ts";

/** Both sides. */
export interface Sides {
  readonly sources: Signals;
  receive(job: DeliveryJob): Promise<ReceiveReport>;
  /** Where plans are written. */
  readonly destinations: Pick<PlansScope, "destination" | "demandWriting">;
}

/** Opens both sides. */
export function openSides(parts: EngineParts, book: SourceBook): Sides {
  const { stopping = () => null } = parts;
  const lender = lendUnlessStopped(
    { files: parts.lendFiles, http: parts.lendHttp },
    stopping,
  );
  const sources = openSources(parts, lender);
  return {
    sources,
    receive: async (job) => {
      const { tenant, connector } = job;
      demandRunning(stopping, tenant, { act: "connect", connector });
      return await sources.receive(book.receiver(job), job.delivery);
    },
    destinations: {
      destination: openWriting(parts, book, lender),
      demandWriting: (tenant) =>
        demandWriting(stopping, tenant, parts.destinations(tenant)),
    },
  };
}

function openSources(parts: EngineParts, lender: Lender): Signals {
  const { stores: { signals, backfills }, clock, ids, pseudonyms, code } =
    parts;
  return createSignals(
    { store: signals, backfills, clock, ids, pseudonyms, code },
    lender,
  );
}

function openWriting(
  { destinations, stores: { signals }, clock }: EngineParts,
  { connector }: SourceBook,
  lender: Lender,
): PlansScope["destination"] {
  const scope = {
    ...{ destinations, connector, signals, clock },
    lend: (source: Parameters<Lender["files"]>[0]) => ({
      files: lender.files(source),
      http: lender.http(source, "write"),
      now: clock.now(),
    }),
  };
  return (tenant) => openTenantDestination(scope, tenant);
}
