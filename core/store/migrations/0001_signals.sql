CREATE SEQUENCE "public"."outbox_next_position" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;--> statement-breakpoint
CREATE TABLE "backfill" (
	"tenant" text NOT NULL,
	"id" text NOT NULL,
	"source" text NOT NULL,
	"from_day" date NOT NULL,
	"until_day" date NOT NULL,
	"started_at" timestamp(3) with time zone NOT NULL,
	"finished_at" timestamp(3) with time zone,
	CONSTRAINT "backfill_tenant_id_pk" PRIMARY KEY("tenant","id")
);
--> statement-breakpoint
CREATE TABLE "lease" (
	"name" text PRIMARY KEY NOT NULL,
	"holder" text NOT NULL,
	"held_until" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "outbox" (
	"tenant" text NOT NULL,
	"source" text NOT NULL,
	"batch" bigint NOT NULL,
	"connector" text NOT NULL,
	"observed_at" timestamp(3) with time zone NOT NULL,
	"performance" integer NOT NULL,
	"events" integer NOT NULL,
	"position" bigint,
	CONSTRAINT "outbox_tenant_source_batch_pk" PRIMARY KEY("tenant","source","batch")
);
--> statement-breakpoint
CREATE TABLE "outbox_consumer" (
	"name" text PRIMARY KEY NOT NULL,
	"position" bigint NOT NULL,
	"holder" text,
	"held_until" timestamp(3) with time zone
);
--> statement-breakpoint
CREATE TABLE "partition_claim" (
	"tenant" text NOT NULL,
	"source" text NOT NULL,
	"partition_key" text NOT NULL,
	"claimed_at" timestamp(3) with time zone NOT NULL,
	"since" timestamp(3) with time zone NOT NULL,
	"report" text NOT NULL,
	"level" text NOT NULL,
	"account" text,
	"day" date,
	"record" text,
	"whole" boolean NOT NULL,
	"rows" integer NOT NULL,
	"age_days" integer NOT NULL,
	"maturity" text NOT NULL,
	"quality" text[] NOT NULL,
	"metrics" jsonb NOT NULL,
	"reconciled" text,
	CONSTRAINT "partition_claim_tenant_source_partition_key_claimed_at_pk" PRIMARY KEY("tenant","source","partition_key","claimed_at")
);
--> statement-breakpoint
CREATE TABLE "shared_setting" (
	"name" text PRIMARY KEY NOT NULL,
	"setting" text NOT NULL
);
--> statement-breakpoint
DROP INDEX "event_type";--> statement-breakpoint
DROP INDEX "performance_partition";--> statement-breakpoint
ALTER TABLE "dead_letter" ADD COLUMN "context" text;--> statement-breakpoint
ALTER TABLE "dead_letter" ADD COLUMN "version" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "event" ADD COLUMN "consent" jsonb;--> statement-breakpoint
ALTER TABLE "event" ADD COLUMN "batch" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "performance" ADD COLUMN "record" text;--> statement-breakpoint
ALTER TABLE "performance" ADD COLUMN "maturity" text DEFAULT 'final' NOT NULL;--> statement-breakpoint
ALTER TABLE "performance" ADD COLUMN "batch" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "source" ADD COLUMN "latest_day" date;--> statement-breakpoint
ALTER TABLE "source" ADD COLUMN "batches" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "source" ADD COLUMN "rows" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "source" ADD COLUMN "events" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "source" ADD COLUMN "performance" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "source" ADD COLUMN "revisions" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX "outbox_position" ON "outbox" USING btree ("position");--> statement-breakpoint
CREATE INDEX "outbox_waiting" ON "outbox" USING btree ("tenant") WHERE position is null;--> statement-breakpoint
CREATE INDEX "outbox_observed" ON "outbox" USING btree ("observed_at","position");--> statement-breakpoint
CREATE INDEX "partition_claim_day" ON "partition_claim" USING btree ("tenant","source","report","day","claimed_at" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "dead_letter_observed" ON "dead_letter" USING btree ("tenant","observed_at","id");--> statement-breakpoint
CREATE INDEX "dead_letter_source_observed" ON "dead_letter" USING btree ("tenant","source","observed_at","id");--> statement-breakpoint
CREATE INDEX "event_batch" ON "event" USING btree ("batch","source","tenant");--> statement-breakpoint
CREATE INDEX "performance_batch" ON "performance" USING btree ("batch","source","tenant");--> statement-breakpoint
CREATE INDEX "performance_source_day" ON "performance" USING btree ("source","tenant","day","row_key");--> statement-breakpoint
CREATE INDEX "event_type" ON "event" USING btree ("type","tenant","occurred_at");--> statement-breakpoint
CREATE INDEX "performance_partition" ON "performance" USING btree ("partition_key","source","tenant") WHERE superseded_at is null;--> statement-breakpoint
UPDATE "source" s SET
	"events" = (SELECT count(*) FROM "event" e WHERE e."tenant" = s."tenant" AND e."source" = s."name"),
	("performance", "revisions") = (SELECT count(*) FILTER (WHERE p."superseded_at" IS NULL), count(*) FROM "performance" p WHERE p."tenant" = s."tenant" AND p."source" = s."name");--> statement-breakpoint
UPDATE "source" SET "rows" = "events" + "revisions";
