/**
 * Where drizzle-kit reads the tables and writes the migrations.
 *
 * @module
 */

export default {
  dialect: "postgresql",
  casing: "snake_case",
  schema: "./core/store/tables",
  out: "./core/store/migrations",
};
