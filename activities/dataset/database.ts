import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";

/** A value of a query's answer, as JavaScript has it. */
export type Cell = string | number | bigint | boolean | null;

/** An embedded DuckDB: a temporary one, in a folder of its own, that reaches no network. */
export class Database {
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#instance = instance;
    this.#connection = connection;
  }

  /** Larger than memory is fine: it spills into `folder`. */
  static async open(folder: string, signal?: AbortSignal): Promise<Database> {
    const instance = await DuckDBInstance.create(join(folder, "work.duckdb"), {
      temp_directory: join(folder, "spill"),
      memory_limit: "2GB",
      autoinstall_known_extensions: "false",
      autoload_known_extensions: "false",
    });
    const connection = await instance.connect();
    signal?.addEventListener("abort", () => connection.interrupt(), { once: true });
    return new Database(instance, connection);
  }

  async run(sql: string): Promise<void> {
    await this.#connection.run(sql);
  }

  async rows(sql: string): Promise<Record<string, Cell>[]> {
    const reader = await this.#connection.runAndReadAll(sql);
    return reader.getRowObjectsJS() as Record<string, Cell>[];
  }

  /** The one number that a query answers with. */
  async count(sql: string): Promise<number> {
    const [row] = await this.rows(sql);
    return Number(Object.values(row ?? {})[0] ?? 0);
  }

  async columns(relation: string): Promise<string[]> {
    return (await this.rows(`DESCRIBE SELECT * FROM ${relation}`)).map((row) => String(row["column_name"]));
  }

  [Symbol.dispose](): void {
    this.#connection.closeSync();
    this.#instance.closeSync();
  }
}

export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
