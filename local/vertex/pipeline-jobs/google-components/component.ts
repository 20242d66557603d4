import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { Cancelled } from "../../shutdown.ts";
import { VertexError } from "../../wire/errors.ts";
import type { JsonObject } from "../../wire/json.ts";
import { locationOf } from "../../wire/names.ts";
import type { Execution, ExecutorDependencies } from "../execution.ts";
import type { LauncherOptions } from "./launcher.ts";

/** One component of Google's while it runs: what it was given, and what it leaves. */
export class ComponentRun {
  readonly options: LauncherOptions;
  readonly execution: Execution;
  readonly dependencies: ExecutorDependencies;
  /** As the container sees it. */
  readonly #outputFile: string;

  constructor(options: LauncherOptions, execution: Execution, dependencies: ExecutorDependencies, outputFile: string) {
    this.options = options;
    this.execution = execution;
    this.dependencies = dependencies;
    this.#outputFile = outputFile;
  }

  /**
   * Begins what a method begins, a job or an operation, and gives its name; after a restart the name of what this try
   * has begun already. Written in one step, so that nothing is begun twice.
   */
  begin(method: () => { readonly name?: string }): string {
    const { task, signal } = this.execution;
    const { store } = this.dependencies;
    const known = task.get().resource;
    if (known !== null) return known;
    signal.throwIfAborted();
    return store.transaction(() => {
      const { name = "" } = method();
      task.update({ resource: name });
      return name;
    });
  }

  /** Begins a long-running operation, tells its name, and waits for its response. Throws what it failed with. */
  async operation(method: () => object): Promise<JsonObject> {
    const { operations } = this.dependencies;
    const name = this.begin(method);
    this.writeResources([{ resourceType: "VertexLro", name }]);
    const { response, error } = await this.untilEnded(
      (signal) => operations.ended(name, signal),
      () => operations.cancel(name),
    );
    if (error !== undefined) throw new VertexError("FAILED_PRECONDITION", error.message);
    return (response ?? {}) as unknown as JsonObject;
  }

  /** Cancels what was begun and waits for its end, when the wait is cancelled; throws the signal's reason then. */
  async untilEnded<T>(wait: (signal: AbortSignal) => Promise<T>, cancel: () => void): Promise<T> {
    const { signal } = this.execution;
    try {
      return await wait(signal);
    } catch (error) {
      if (!(error instanceof Cancelled) || signal.reason !== error) throw error;
      cancel();
      await wait(new AbortController().signal);
      throw error;
    }
  }

  /** The output `gcp_resources`, in Google's format: which resources were made or used. */
  writeResources(resources: readonly { readonly resourceType: string; readonly name: string }[]): void {
    const json = {
      resources: resources.map(({ resourceType, name }) => ({ resourceType, resourceUri: resourceUri(name) })),
    };
    this.write(this.options.require("--gcp_resources"), JSON.stringify(json));
  }

  /** Gives output artifacts, each by its name, URI and metadata. */
  writeArtifacts(artifacts: Readonly<Record<string, { readonly uri: string; readonly metadata: JsonObject }>>): void {
    const wanted = this.execution.component.outputDefinitions?.artifacts ?? {};
    const written = Object.entries(artifacts).filter(([name]) => Object.hasOwn(wanted, name));
    const json = { artifacts: Object.fromEntries(written.map(([name, one]) => [name, { artifacts: [one] }])) };
    this.write(this.#outputFile, JSON.stringify(json));
  }

  write(path: string, text: string): void {
    const file = this.dependencies.containers.mount.localPath(path);
    if (file === undefined) throw new VertexError("INVALID_ARGUMENT", `${path} should be under /gcs/.`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

/** The address of a resource in its region. */
export function resourceUri(name: string): string {
  return `https://${locationOf(name).location}-aiplatform.googleapis.com/v1/${name}`;
}
