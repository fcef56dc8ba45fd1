CREATE TABLE "change_progress" (
	"tenant" text NOT NULL,
	"change_set" text NOT NULL,
	"direction" text NOT NULL,
	"operation" text NOT NULL,
	"state" text NOT NULL,
	"seen" text,
	"attempts" integer NOT NULL,
	"error" text,
	"at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "change_progress_tenant_change_set_direction_operation_pk" PRIMARY KEY("tenant","change_set","direction","operation")
);
--> statement-breakpoint
CREATE TABLE "paced_budget" (
	"tenant" text NOT NULL,
	"id" text NOT NULL,
	"terms" json NOT NULL,
	"account" json,
	"changes" bigint NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "paced_budget_tenant_id_pk" PRIMARY KEY("tenant","id")
);
--> statement-breakpoint
ALTER TABLE "plan" ADD COLUMN "findings" json DEFAULT '[]'::json NOT NULL;--> statement-breakpoint
ALTER TABLE "plan_event" ADD COLUMN "reason" text;--> statement-breakpoint
CREATE INDEX "plan_state" ON "plan" USING btree ("tenant","state","created_at");