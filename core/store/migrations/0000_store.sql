CREATE TABLE "api_key" (
	"tenant" text NOT NULL,
	"id" text NOT NULL,
	"name" text NOT NULL,
	"scopes" json NOT NULL,
	"secret_hash" text NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"expires_at" timestamp(3) with time zone,
	"revoked_at" timestamp(3) with time zone,
	CONSTRAINT "api_key_tenant_id_pk" PRIMARY KEY("tenant","id")
);
--> statement-breakpoint
CREATE TABLE "chain_head" (
	"tenant" text NOT NULL,
	"seq" bigint NOT NULL,
	"hash" text NOT NULL,
	CONSTRAINT "chain_head_tenant_pk" PRIMARY KEY("tenant")
);
--> statement-breakpoint
CREATE TABLE "decision" (
	"tenant" text NOT NULL,
	"seq" bigint NOT NULL,
	"id" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL,
	"prev" text NOT NULL,
	"hash" text NOT NULL,
	"record" text NOT NULL,
	CONSTRAINT "decision_tenant_seq_pk" PRIMARY KEY("tenant","seq")
);
--> statement-breakpoint
CREATE TABLE "idempotent_answer" (
	"tenant" text NOT NULL,
	"route" text NOT NULL,
	"key" text NOT NULL,
	"request_hash" text NOT NULL,
	"status" integer NOT NULL,
	"answer" text NOT NULL,
	"kept_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "idempotent_answer_tenant_route_key_pk" PRIMARY KEY("tenant","route","key")
);
--> statement-breakpoint
CREATE TABLE "plan" (
	"tenant" text NOT NULL,
	"id" text NOT NULL,
	"state" text NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"approved_by" text,
	"document" json NOT NULL,
	CONSTRAINT "plan_tenant_id_pk" PRIMARY KEY("tenant","id")
);
--> statement-breakpoint
CREATE TABLE "plan_event" (
	"tenant" text NOT NULL,
	"plan_id" text NOT NULL,
	"seq" integer NOT NULL,
	"from_state" text NOT NULL,
	"to_state" text NOT NULL,
	"moved_by" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "plan_event_tenant_plan_id_seq_pk" PRIMARY KEY("tenant","plan_id","seq")
);
--> statement-breakpoint
CREATE TABLE "policy_set" (
	"hash" text PRIMARY KEY NOT NULL,
	"text" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "feature_vector" (
	"tenant" text NOT NULL,
	"view" text NOT NULL,
	"version" integer NOT NULL,
	"at" timestamp(3) with time zone NOT NULL,
	"entity" text NOT NULL,
	"feature_values" jsonb NOT NULL,
	CONSTRAINT "feature_vector_tenant_view_version_at_entity_pk" PRIMARY KEY("tenant","view","version","at","entity")
);
--> statement-breakpoint
CREATE TABLE "feature_view" (
	"tenant" text NOT NULL,
	"name" text NOT NULL,
	"version" integer NOT NULL,
	"definition" json NOT NULL,
	CONSTRAINT "feature_view_tenant_name_version_pk" PRIMARY KEY("tenant","name","version")
);
--> statement-breakpoint
CREATE TABLE "model" (
	"tenant" text NOT NULL,
	"name" text NOT NULL,
	"version" integer NOT NULL,
	"record" json NOT NULL,
	"status" text NOT NULL,
	"created_by" text NOT NULL,
	"reviewed_by" text,
	"reviewed_at" timestamp(3) with time zone,
	CONSTRAINT "model_tenant_name_version_pk" PRIMARY KEY("tenant","name","version")
);
--> statement-breakpoint
CREATE TABLE "model_artifact" (
	"tenant" text NOT NULL,
	"name" text NOT NULL,
	"version" integer NOT NULL,
	"artifact" "bytea" NOT NULL,
	CONSTRAINT "model_artifact_tenant_name_version_pk" PRIMARY KEY("tenant","name","version")
);
--> statement-breakpoint
CREATE TABLE "dead_letter" (
	"tenant" text NOT NULL,
	"id" text NOT NULL,
	"source" text NOT NULL,
	"connector" text NOT NULL,
	"reason" text NOT NULL,
	"detail" text NOT NULL,
	"original" text NOT NULL,
	"observed_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "dead_letter_tenant_id_pk" PRIMARY KEY("tenant","id")
);
--> statement-breakpoint
CREATE TABLE "event" (
	"tenant" text NOT NULL,
	"source" text NOT NULL,
	"event_id" text NOT NULL,
	"type" text NOT NULL,
	"occurred_at" timestamp(3) with time zone NOT NULL,
	"tenant_id" text,
	"account_id" text,
	"channel_id" text,
	"campaign_id" text,
	"ad_group_id" text,
	"ad_id" text,
	"placement_id" text,
	"segment_id" text,
	"subject_id" text,
	"value_micros" bigint,
	"currency" text,
	"properties" jsonb NOT NULL,
	"observed_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "event_tenant_source_event_id_pk" PRIMARY KEY("tenant","source","event_id")
);
--> statement-breakpoint
CREATE TABLE "performance" (
	"tenant" text NOT NULL,
	"row_key" text NOT NULL,
	"revision" integer NOT NULL,
	"source" text NOT NULL,
	"partition_key" text NOT NULL,
	"report" text NOT NULL,
	"level" text NOT NULL,
	"tenant_id" text,
	"account_id" text,
	"channel_id" text,
	"campaign_id" text,
	"ad_group_id" text,
	"ad_id" text,
	"placement_id" text,
	"segment_id" text,
	"subject_id" text,
	"day" date NOT NULL,
	"period_days" integer NOT NULL,
	"zone" text NOT NULL,
	"currency" text NOT NULL,
	"breakdowns" jsonb NOT NULL,
	"attribution" text NOT NULL,
	"impressions" bigint,
	"clicks" bigint,
	"spend_micros" bigint,
	"conversions_millionths" bigint,
	"conversion_value_micros" bigint,
	"sends" bigint,
	"delivered" bigint,
	"opens" bigint,
	"email_clicks" bigint,
	"bounces" bigint,
	"unsubscribes" bigint,
	"sessions" bigint,
	"content_hash" text NOT NULL,
	"observed_at" timestamp(3) with time zone NOT NULL,
	"superseded_at" timestamp(3) with time zone,
	CONSTRAINT "performance_tenant_row_key_revision_pk" PRIMARY KEY("tenant","row_key","revision")
);
--> statement-breakpoint
CREATE TABLE "source" (
	"tenant" text NOT NULL,
	"name" text NOT NULL,
	"connector" text NOT NULL,
	"last_observed_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "source_tenant_name_pk" PRIMARY KEY("tenant","name")
);
--> statement-breakpoint
CREATE TABLE "source_cursor" (
	"tenant" text NOT NULL,
	"source" text NOT NULL,
	"scope" text NOT NULL,
	"cursor" text,
	CONSTRAINT "source_cursor_tenant_source_scope_pk" PRIMARY KEY("tenant","source","scope")
);
--> statement-breakpoint
CREATE UNIQUE INDEX "api_key_id" ON "api_key" USING btree ("id");--> statement-breakpoint
CREATE UNIQUE INDEX "decision_id" ON "decision" USING btree ("tenant","id");--> statement-breakpoint
CREATE INDEX "plan_created" ON "plan" USING btree ("tenant","created_at");--> statement-breakpoint
CREATE INDEX "dead_letter_reason" ON "dead_letter" USING btree ("tenant","source","reason");--> statement-breakpoint
CREATE INDEX "event_type" ON "event" USING btree ("tenant","type","occurred_at");--> statement-breakpoint
CREATE INDEX "event_tenant" ON "event" USING btree ("tenant","tenant_id","occurred_at") WHERE "event"."tenant_id" is not null;--> statement-breakpoint
CREATE INDEX "event_account" ON "event" USING btree ("tenant","account_id","occurred_at") WHERE "event"."account_id" is not null;--> statement-breakpoint
CREATE INDEX "event_channel" ON "event" USING btree ("tenant","channel_id","occurred_at") WHERE "event"."channel_id" is not null;--> statement-breakpoint
CREATE INDEX "event_campaign" ON "event" USING btree ("tenant","campaign_id","occurred_at") WHERE "event"."campaign_id" is not null;--> statement-breakpoint
CREATE INDEX "event_ad_group" ON "event" USING btree ("tenant","ad_group_id","occurred_at") WHERE "event"."ad_group_id" is not null;--> statement-breakpoint
CREATE INDEX "event_ad" ON "event" USING btree ("tenant","ad_id","occurred_at") WHERE "event"."ad_id" is not null;--> statement-breakpoint
CREATE INDEX "event_placement" ON "event" USING btree ("tenant","placement_id","occurred_at") WHERE "event"."placement_id" is not null;--> statement-breakpoint
CREATE INDEX "event_segment" ON "event" USING btree ("tenant","segment_id","occurred_at") WHERE "event"."segment_id" is not null;--> statement-breakpoint
CREATE INDEX "event_subject" ON "event" USING btree ("tenant","subject_id","occurred_at") WHERE "event"."subject_id" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "performance_in_force" ON "performance" USING btree ("tenant","row_key") WHERE superseded_at is null;--> statement-breakpoint
CREATE INDEX "performance_partition" ON "performance" USING btree ("tenant","source","partition_key") WHERE superseded_at is null;--> statement-breakpoint
CREATE INDEX "performance_tenant_day" ON "performance" USING btree ("tenant","level","tenant_id","day") WHERE "performance"."tenant_id" is not null;--> statement-breakpoint
CREATE INDEX "performance_account_day" ON "performance" USING btree ("tenant","level","account_id","day") WHERE "performance"."account_id" is not null;--> statement-breakpoint
CREATE INDEX "performance_channel_day" ON "performance" USING btree ("tenant","level","channel_id","day") WHERE "performance"."channel_id" is not null;--> statement-breakpoint
CREATE INDEX "performance_campaign_day" ON "performance" USING btree ("tenant","level","campaign_id","day") WHERE "performance"."campaign_id" is not null;--> statement-breakpoint
CREATE INDEX "performance_ad_group_day" ON "performance" USING btree ("tenant","level","ad_group_id","day") WHERE "performance"."ad_group_id" is not null;--> statement-breakpoint
CREATE INDEX "performance_ad_day" ON "performance" USING btree ("tenant","level","ad_id","day") WHERE "performance"."ad_id" is not null;--> statement-breakpoint
CREATE INDEX "performance_placement_day" ON "performance" USING btree ("tenant","level","placement_id","day") WHERE "performance"."placement_id" is not null;--> statement-breakpoint
CREATE INDEX "performance_segment_day" ON "performance" USING btree ("tenant","level","segment_id","day") WHERE "performance"."segment_id" is not null;--> statement-breakpoint
CREATE INDEX "performance_subject_day" ON "performance" USING btree ("tenant","level","subject_id","day") WHERE "performance"."subject_id" is not null;