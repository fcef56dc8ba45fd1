CREATE TABLE "quota_budget" (
	"connector" text NOT NULL,
	"name" text NOT NULL,
	"state" json NOT NULL,
	"idle_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "quota_budget_connector_name_pk" PRIMARY KEY("connector","name")
);
--> statement-breakpoint
CREATE TABLE "quota_change" (
	"connector" text PRIMARY KEY NOT NULL,
	"changes" bigint NOT NULL
);
