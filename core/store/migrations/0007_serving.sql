CREATE TABLE "allowance_use" (
	"tenant" text NOT NULL,
	"allowance" text NOT NULL,
	"starts_at" bigint NOT NULL,
	"used" bigint NOT NULL,
	"granted" bigint NOT NULL,
	"ends_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "allowance_use_tenant_allowance_starts_at_pk" PRIMARY KEY("tenant","allowance","starts_at")
);
--> statement-breakpoint
CREATE TABLE "data_key" (
	"tenant" text NOT NULL,
	"id" text NOT NULL,
	"version" integer NOT NULL,
	"subject" text,
	"wrapper" text NOT NULL,
	"wrapped" text,
	"created_at" timestamp(3) with time zone NOT NULL,
	"destroyed_at" timestamp(3) with time zone,
	"destroyed_by" text,
	"reason" text,
	CONSTRAINT "data_key_tenant_id_pk" PRIMARY KEY("tenant","id")
);
--> statement-breakpoint
CREATE TABLE "job_flight" (
	"tenant" text NOT NULL,
	"job" text NOT NULL,
	"subject" text NOT NULL,
	"run_id" text NOT NULL,
	"attempt" integer NOT NULL,
	"state" text NOT NULL,
	"node" text,
	"since" timestamp(3) with time zone,
	"touched_at" timestamp(3) with time zone,
	"ended_at" timestamp(3) with time zone,
	"next_try_at" timestamp(3) with time zone,
	"succeeded_at" timestamp(3) with time zone,
	"share" double precision,
	"text" text,
	"error" text,
	"checkpoint" json,
	"memory" json,
	CONSTRAINT "job_flight_tenant_job_subject_pk" PRIMARY KEY("tenant","job","subject")
);
--> statement-breakpoint
CREATE TABLE "checkpoint" (
	"tenant" text NOT NULL,
	"number" integer NOT NULL,
	"at" timestamp(3) with time zone NOT NULL,
	"note" text NOT NULL,
	"decisions" bigint NOT NULL,
	"acts" bigint NOT NULL,
	CONSTRAINT "checkpoint_tenant_number_pk" PRIMARY KEY("tenant","number")
);
--> statement-breakpoint
CREATE TABLE "decision_entity" (
	"tenant" text NOT NULL,
	"entity" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL,
	"seq" bigint NOT NULL,
	CONSTRAINT "decision_entity_tenant_entity_at_seq_pk" PRIMARY KEY("tenant","entity","at","seq")
);
--> statement-breakpoint
CREATE TABLE "log_anchor" (
	"tenant" text NOT NULL,
	"seq" bigint NOT NULL,
	"hash" text NOT NULL,
	CONSTRAINT "log_anchor_tenant_pk" PRIMARY KEY("tenant")
);
--> statement-breakpoint
CREATE TABLE "model_trial" (
	"tenant" text NOT NULL,
	"change" text NOT NULL,
	"cycle" integer NOT NULL,
	"place" bigint NOT NULL,
	"people" bigint NOT NULL,
	"open" boolean NOT NULL,
	"document" json NOT NULL,
	CONSTRAINT "model_trial_tenant_change_cycle_pk" PRIMARY KEY("tenant","change","cycle")
);
--> statement-breakpoint
CREATE TABLE "model_trial_count" (
	"tenant" text NOT NULL,
	"change" text NOT NULL,
	"cycle" integer NOT NULL,
	"stage" text NOT NULL,
	"arm" text NOT NULL,
	"decisions" bigint NOT NULL,
	"denied" bigint NOT NULL,
	"spend" double precision NOT NULL,
	"spend_squares" double precision NOT NULL,
	"asked" bigint NOT NULL,
	"unscored" bigint NOT NULL,
	"timed" bigint NOT NULL,
	"slow" bigint NOT NULL,
	"rows" bigint NOT NULL,
	"low" double precision,
	"high" double precision,
	CONSTRAINT "model_trial_count_tenant_change_cycle_stage_arm_pk" PRIMARY KEY("tenant","change","cycle","stage","arm")
);
--> statement-breakpoint
CREATE TABLE "model_trial_person" (
	"tenant" text NOT NULL,
	"change" text NOT NULL,
	"cycle" integer NOT NULL,
	"person" text NOT NULL,
	"arm" text NOT NULL,
	"since" timestamp(3) with time zone NOT NULL,
	"value" double precision NOT NULL,
	"counted" boolean NOT NULL,
	CONSTRAINT "model_trial_person_tenant_change_cycle_person_pk" PRIMARY KEY("tenant","change","cycle","person")
);
--> statement-breakpoint
ALTER TABLE "api_key" ADD COLUMN "role" text;--> statement-breakpoint
ALTER TABLE "api_key" ADD COLUMN "edition" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "api_key" ADD COLUMN "used_at" timestamp(3) with time zone;--> statement-breakpoint
ALTER TABLE "decision" ADD COLUMN "kind" text DEFAULT 'decision' NOT NULL;--> statement-breakpoint
CREATE INDEX "allowance_use_ends" ON "allowance_use" USING btree ("ends_at");--> statement-breakpoint
CREATE UNIQUE INDEX "data_key_version" ON "data_key" USING btree ("tenant","version") WHERE version > 0;--> statement-breakpoint
CREATE UNIQUE INDEX "data_key_subject" ON "data_key" USING btree ("tenant","subject") WHERE subject is not null;--> statement-breakpoint
CREATE INDEX "decision_entity_at" ON "decision_entity" USING brin ("at");--> statement-breakpoint
CREATE INDEX "model_trial_person_since" ON "model_trial_person" USING btree ("tenant","change","cycle","counted","since");--> statement-breakpoint
-- moe:concurrently
CREATE INDEX CONCURRENTLY IF NOT EXISTS "idempotent_answer_kept" ON "idempotent_answer" USING btree ("tenant","kept_at");