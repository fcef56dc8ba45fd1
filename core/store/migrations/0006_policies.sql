CREATE TABLE "active_pointer" (
	"tenant" text NOT NULL,
	"subject" text NOT NULL,
	"seq" integer NOT NULL,
	"content" text,
	"change" text,
	"trial" json,
	CONSTRAINT "active_pointer_tenant_subject_seq_pk" PRIMARY KEY("tenant","subject","seq")
);
--> statement-breakpoint
CREATE TABLE "audit_event" (
	"tenant" text NOT NULL,
	"seq" bigint NOT NULL,
	"change" text NOT NULL,
	"prev" text NOT NULL,
	"hash" text NOT NULL,
	"record" text NOT NULL,
	CONSTRAINT "audit_event_tenant_seq_pk" PRIMARY KEY("tenant","seq")
);
--> statement-breakpoint
CREATE TABLE "change_content" (
	"hash" text PRIMARY KEY NOT NULL,
	"text" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "change_request" (
	"tenant" text NOT NULL,
	"id" text NOT NULL,
	"kind" text NOT NULL,
	"subject" text NOT NULL,
	"state" text NOT NULL,
	"version" integer NOT NULL,
	"review_open" boolean NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"document" json NOT NULL,
	CONSTRAINT "change_request_tenant_id_pk" PRIMARY KEY("tenant","id")
);
--> statement-breakpoint
CREATE TABLE "rollout_count" (
	"tenant" text NOT NULL,
	"change" text NOT NULL,
	"cycle" integer NOT NULL,
	"stage" text NOT NULL,
	"decisions" bigint NOT NULL,
	"flips" bigint NOT NULL,
	"tighter" bigint NOT NULL,
	"looser" bigint NOT NULL,
	CONSTRAINT "rollout_count_tenant_change_cycle_stage_pk" PRIMARY KEY("tenant","change","cycle","stage")
);
--> statement-breakpoint
CREATE TABLE "limit_count" (
	"tenant" text NOT NULL,
	"counter" text NOT NULL,
	"key" text NOT NULL,
	"subject_id" text,
	"ends" bigint[] NOT NULL,
	"counts" bigint[] NOT NULL,
	"since" bigint NOT NULL,
	"most" bigint NOT NULL,
	"idle_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "limit_count_tenant_counter_key_pk" PRIMARY KEY("tenant","counter","key")
);
--> statement-breakpoint
ALTER TABLE "api_key" ADD COLUMN "groups" json;--> statement-breakpoint
ALTER TABLE "api_key" ADD COLUMN "person" boolean DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX "audit_event_change" ON "audit_event" USING btree ("tenant","change","seq");--> statement-breakpoint
CREATE INDEX "change_request_subject" ON "change_request" USING btree ("tenant","subject");--> statement-breakpoint
CREATE INDEX "change_request_state" ON "change_request" USING btree ("tenant","state");--> statement-breakpoint
CREATE INDEX "limit_count_subject" ON "limit_count" USING btree ("tenant","subject_id");--> statement-breakpoint
CREATE INDEX "limit_count_idle" ON "limit_count" USING btree ("idle_at");