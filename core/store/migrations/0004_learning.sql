CREATE TABLE "model_event" (
	"tenant" text NOT NULL,
	"name" text NOT NULL,
	"seq" integer NOT NULL,
	"at" timestamp(3) with time zone NOT NULL,
	"kind" text NOT NULL,
	"version" integer,
	"alias" text,
	"by" text NOT NULL,
	"reason" text NOT NULL,
	"settles" integer,
	"hash" text NOT NULL,
	CONSTRAINT "model_event_tenant_name_seq_pk" PRIMARY KEY("tenant","name","seq")
);
--> statement-breakpoint
CREATE TABLE "model_watch" (
	"tenant" text NOT NULL,
	"name" text NOT NULL,
	"version" integer NOT NULL,
	"kind" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL,
	"findings" json NOT NULL,
	CONSTRAINT "model_watch_tenant_name_version_kind_at_pk" PRIMARY KEY("tenant","name","version","kind","at")
);
--> statement-breakpoint
CREATE TABLE "trial" (
	"tenant" text NOT NULL,
	"study" text NOT NULL,
	"number" integer NOT NULL,
	"record" json NOT NULL,
	CONSTRAINT "trial_tenant_study_number_pk" PRIMARY KEY("tenant","study","number")
);
--> statement-breakpoint
ALTER TABLE "model_artifact" ADD COLUMN "evidence" json;
--> statement-breakpoint
WITH RECURSIVE "happened" AS (
	SELECT "m"."tenant", "m"."name", "m"."version", "e".*
	FROM "model" "m"
	CROSS JOIN LATERAL (VALUES
		(0, 'registered', NULL, ("m"."record" ->> 'createdAt')::timestamptz(3), "m"."created_by"),
		(1, "m"."status", NULL, "m"."reviewed_at", "m"."reviewed_by"),
		(2, CASE "m"."status" WHEN 'approved' THEN 'assigned' END, 'champion', "m"."reviewed_at", "m"."reviewed_by")
	) AS "e" ("step", "kind", "alias", "at", "by")
	WHERE "e"."kind" <> 'pending'
), "ordered" AS (
	SELECT "tenant", "name", "version", "kind", "alias", "by",
		row_number() OVER "in_turn" AS "seq",
		max("at") OVER "in_turn" AS "at"
	FROM (
		SELECT *, max("at") OVER (PARTITION BY "tenant", "name", "version" ORDER BY "step") AS "turn"
		FROM "happened"
	) AS "timed"
	WINDOW "in_turn" AS (PARTITION BY "tenant", "name" ORDER BY "turn", "version", "step")
), "printed" AS (
	SELECT *,
		'{"alias":' || coalesce(to_json("alias")::text, 'null')
		|| ',"at":"' || to_char("at" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
		|| '","by":' || to_json("by")::text
		|| ',"kind":' || to_json("kind")::text
		|| ',"name":' || to_json("name")::text
		|| ',"prev":"' AS "head",
		'","reason":"","seq":' || "seq"
		|| ',"settles":null,"tenant":' || to_json("tenant")::text
		|| ',"version":' || "version" || '}' AS "tail"
	FROM "ordered"
), "linked" AS (
	SELECT "p".*, encode(sha256(convert_to("head" || repeat('0', 64) || "tail", 'UTF8')), 'hex') AS "hash"
	FROM "printed" "p" WHERE "seq" = 1
	UNION ALL
	SELECT "p".*, encode(sha256(convert_to("p"."head" || "l"."hash" || "p"."tail", 'UTF8')), 'hex')
	FROM "linked" "l"
	JOIN "printed" "p" ON "p"."tenant" = "l"."tenant" AND "p"."name" = "l"."name" AND "p"."seq" = "l"."seq" + 1
)
INSERT INTO "model_event" ("tenant", "name", "seq", "at", "kind", "version", "alias", "by", "reason", "settles", "hash")
SELECT "tenant", "name", "seq", "at", "kind", "version", "alias", "by", '', NULL, "hash" FROM "linked";
--> statement-breakpoint
CREATE FUNCTION "model_event_kept"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'model_event is only ever added to'; END $$;
--> statement-breakpoint
CREATE TRIGGER "model_event_kept" BEFORE UPDATE OR DELETE OR TRUNCATE ON "model_event" FOR EACH STATEMENT EXECUTE FUNCTION "model_event_kept"();
