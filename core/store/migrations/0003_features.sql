CREATE TABLE "erased_event" (
	"tenant" text NOT NULL,
	"event_hash" text NOT NULL,
	CONSTRAINT "erased_event_tenant_event_hash_pk" PRIMARY KEY("tenant","event_hash")
);
--> statement-breakpoint
CREATE TABLE "erased_subject" (
	"tenant" text NOT NULL,
	"subject_hash" text NOT NULL,
	"erased_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "erased_subject_tenant_subject_hash_pk" PRIMARY KEY("tenant","subject_hash")
);
--> statement-breakpoint
CREATE TABLE "erasure" (
	"tenant" text NOT NULL,
	"id" text NOT NULL,
	"target" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL,
	"finished_at" timestamp(3) with time zone,
	"asked_by" text NOT NULL,
	"subjects" integer NOT NULL,
	"erased" json NOT NULL,
	"models" json NOT NULL,
	"bereft" json,
	CONSTRAINT "erasure_tenant_id_pk" PRIMARY KEY("tenant","id")
);
--> statement-breakpoint
CREATE TABLE "feature_check" (
	"tenant" text NOT NULL,
	"view" text NOT NULL,
	"version" integer NOT NULL,
	"day" date NOT NULL,
	"checked" bigint NOT NULL,
	"mismatched" bigint NOT NULL,
	CONSTRAINT "feature_check_tenant_view_version_day_pk" PRIMARY KEY("tenant","view","version","day")
);
--> statement-breakpoint
CREATE TABLE "feature_run" (
	"tenant" text NOT NULL,
	"view" text NOT NULL,
	"version" integer NOT NULL,
	"id" text NOT NULL,
	"scope" json NOT NULL,
	"at" timestamp(3) with time zone NOT NULL,
	"started_at" timestamp(3) with time zone NOT NULL,
	"finished_at" timestamp(3) with time zone,
	"done_entity" text,
	"watermark" jsonb NOT NULL,
	"computed" bigint DEFAULT 0 NOT NULL,
	"rows" bigint DEFAULT 0 NOT NULL,
	"statistics" json,
	CONSTRAINT "feature_run_tenant_view_version_id_pk" PRIMARY KEY("tenant","view","version","id")
);
--> statement-breakpoint
CREATE TABLE "feature_tile" (
	"tenant" text NOT NULL,
	"view" text NOT NULL,
	"version" integer NOT NULL,
	"entity" text NOT NULL,
	"start" timestamp(3) with time zone NOT NULL,
	"partials" jsonb NOT NULL,
	CONSTRAINT "feature_tile_tenant_view_version_entity_start_pk" PRIMARY KEY("tenant","view","version","entity","start")
);
--> statement-breakpoint
TRUNCATE "feature_vector";--> statement-breakpoint
ALTER TABLE "feature_vector" DROP CONSTRAINT "feature_vector_tenant_view_version_at_entity_pk";--> statement-breakpoint
ALTER TABLE "feature_vector" ADD CONSTRAINT "feature_vector_tenant_view_version_entity_pk" PRIMARY KEY("tenant","view","version","entity");--> statement-breakpoint
ALTER TABLE "api_key" ADD COLUMN "purposes" json;--> statement-breakpoint
ALTER TABLE "feature_vector" ADD COLUMN "valid_until" timestamp(3) with time zone;--> statement-breakpoint
ALTER TABLE "feature_vector" ADD COLUMN "run" text NOT NULL;--> statement-breakpoint
ALTER TABLE "feature_vector" ADD COLUMN "withheld" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "feature_view" ADD COLUMN "state" text DEFAULT 'serving' NOT NULL;--> statement-breakpoint
ALTER TABLE "feature_view" ADD COLUMN "declared_at" timestamp(3) with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "feature_view" ADD COLUMN "promoted_at" timestamp(3) with time zone;--> statement-breakpoint
CREATE INDEX "feature_vector_due" ON "feature_vector" USING btree ("tenant","view","version","valid_until") WHERE valid_until is not null;--> statement-breakpoint
UPDATE "feature_view" AS "old" SET "state" = 'superseded' WHERE EXISTS (SELECT FROM "feature_view" "new" WHERE "new"."tenant" = "old"."tenant" AND "new"."name" = "old"."name" AND "new"."version" > "old"."version");
--> statement-breakpoint
UPDATE "feature_view" AS "kept" SET "definition" = (SELECT (("old"."d" - 'purpose') || jsonb_build_object('purposes', jsonb_build_array("old"."d" -> 'purpose'), 'features', (SELECT jsonb_agg(("f" - 'windowDays') || jsonb_build_object('window', CASE WHEN "f" ->> 'windowDays' IS NULL THEN 'null'::jsonb WHEN ("f" ->> 'windowDays')::numeric % 1 = 0 THEN to_jsonb(("f" ->> 'windowDays')::numeric::int || 'd') ELSE to_jsonb(greatest(1, round(("f" ->> 'windowDays')::numeric * 1440))::int || 'm') END, 'aggregation', CASE WHEN "f" #>> '{aggregation,part}' ~ '^(sin|cos)_' THEN jsonb_build_object('how', 'fourier', 'period', split_part("f" #>> '{aggregation,part}', '_', 2), 'harmonic', 1, 'wave', split_part("f" #>> '{aggregation,part}', '_', 1)) ELSE "f" -> 'aggregation' END) ORDER BY "n") FROM jsonb_array_elements("old"."d" -> 'features') WITH ORDINALITY AS "each" ("f", "n"))))::json FROM (SELECT "kept"."definition"::jsonb AS "d") AS "old") WHERE "kept"."definition"::jsonb ? 'purpose';
