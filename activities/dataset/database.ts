import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import {
  type DuckDBConnection,
  DuckDBDataChunk,
  DuckDBInstance,
  DuckDBScalarFunction,
  type DuckDBType,
  type DuckDBValue,
  VARCHAR,
} from "@duckdb/node-api";

/** A value of a query's answer, as JavaScript has it. */
export type Cell = string | number | bigint | boolean | null;

export interface DatabaseOptions {
  /** Bytes for rows; what does not fit spills into the folder. The process needs some 150 MB beside it. */
  readonly memory?: number;
  /** One by default: several would cut row groups, and so bytes, as they happen to run. */
  readonly threads?: number;
  readonly signal?: AbortSignal | undefined;
}

const defaultMemory = 1024 ** 3;
/** What a chunk of DuckDB's holds. */
const chunkRows = 2048;

/** An embedded DuckDB: a temporary one, which reaches no network and spills into a folder of its own. */
export class Database {
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  readonly #signal: AbortSignal | undefined;
  readonly #folder: string;
  readonly #interrupt: () => void;

  private constructor(
    instance: DuckDBInstance,
    connection: DuckDBConnection,
    folder: string,
    signal: AbortSignal | undefined,
  ) {
    this.#instance = instance;
    this.#folder = folder;
    this.#connection = connection;
    this.#signal = signal;
    this.#interrupt = () => connection.interrupt();
    signal?.addEventListener("abort", this.#interrupt, { once: true });
  }

  /** Larger than memory is fine: it spills into `folder`. */
  static async open(folder: string, options: DatabaseOptions = {}): Promise<Database> {
    await mkdir(folder, { recursive: true });
    const instance = await DuckDBInstance.create(":memory:", {
      temp_directory: join(folder, "spill"),
      memory_limit: `${Math.floor((options.memory ?? defaultMemory) / 1024)}KiB`,
      threads: String(options.threads ?? 1),
      autoinstall_known_extensions: "false",
      autoload_known_extensions: "false",
    });
    return new Database(instance, await instance.connect(), folder, options.signal);
  }

  /**
   * From here on, statements read and write only these files and folders, and nothing takes that back.
   * https://duckdb.org/docs/stable/operations_manual/securing_duckdb/overview
   */
  async confine(files: readonly string[], folders: readonly string[]): Promise<void> {
    await this.run(`SET allowed_paths = [${literals(files)}]`);
    await this.run(`SET allowed_directories = [${literals([...folders, this.#folder])}]`);
    await this.run("SET enable_external_access = false");
  }

  async run(sql: string): Promise<void> {
    this.#signal?.throwIfAborted();
    await this.#connection.run(sql);
  }

  async rows(sql: string): Promise<Record<string, Cell>[]> {
    this.#signal?.throwIfAborted();
    const reader = await this.#connection.runAndReadAll(sql);
    return reader.getRowObjectsJS() as Record<string, Cell>[];
  }

  /**
   * Rows as they come, for what is too much for memory. On a connection of its own: another statement on the same one
   * would end the stream, without an error.
   */
  async *stream(sql: string): AsyncGenerator<Record<string, Cell>[]> {
    this.#signal?.throwIfAborted();
    const connection = await this.#instance.connect();
    const interrupt = () => connection.interrupt();
    this.#signal?.addEventListener("abort", interrupt, { once: true });
    try {
      const result = await connection.stream(sql);
      for await (const rows of result.yieldRowObjectJs()) yield rows as Record<string, Cell>[];
    } finally {
      this.#signal?.removeEventListener("abort", interrupt);
      connection.closeSync();
    }
  }

  /** Makes a function of texts callable in SQL. It must answer the same for the same texts; none is NULL. */
  define(name: string, result: DuckDBType, compute: (...texts: string[]) => DuckDBValue): void {
    const define = DuckDBScalarFunction.create({
      name,
      parameterTypes: Array.from({ length: compute.length }, () => VARCHAR),
      returnType: result,
      mainFunction(_, input, output) {
        const columns = Array.from({ length: compute.length }, (_, column) => input.getColumnVector(column));
        for (let row = 0; row < input.rowCount; row++) {
          const texts = columns.map((column) => column.getItem(row));
          output.setItem(row, texts.every((text) => typeof text === "string") ? compute(...texts) : null);
        }
        output.flush();
      },
    });
    this.#connection.registerScalarFunction(define);
    define.destroySync();
  }

  /** Appends rows to a table whose columns have these types. */
  async append(table: string, types: readonly DuckDBType[], rows: readonly DuckDBValue[][]): Promise<void> {
    const appender = await this.#connection.createAppender(table);
    for (let start = 0; start < rows.length; start += chunkRows) {
      const chunk = DuckDBDataChunk.create(types);
      chunk.setRows(rows.slice(start, start + chunkRows));
      appender.appendDataChunk(chunk);
    }
    appender.closeSync();
  }

  /** The one number that a query answers with. */
  async count(sql: string): Promise<number> {
    const [row] = await this.rows(sql);
    return Number(Object.values(row ?? {})[0] ?? 0);
  }

  /** Names and types of a relation's columns. */
  async describe(relation: string): Promise<{ name: string; type: string }[]> {
    const rows = await this.rows(`DESCRIBE SELECT * FROM ${relation}`);
    return rows.map((row) => ({ name: String(row["column_name"]), type: String(row["column_type"]) }));
  }

  [Symbol.dispose](): void {
    this.#signal?.removeEventListener("abort", this.#interrupt);
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

/** A list for `IN`, or for a table function of several files. */
export function literals(texts: readonly string[]): string {
  return texts.map(literal).join(", ");
}
