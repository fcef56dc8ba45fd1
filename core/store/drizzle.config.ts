/**
 * Where drizzle-kit reads the tables and writes the migrations.
 *
 * @module
 */
import type { Config } from "drizzle-kit";

export default {
  dialect: "postgresql",
  casing: "snake_case",
  schema: "./core/store/tables",
  out: "./core/store/migrations",
} satisfies Config;
