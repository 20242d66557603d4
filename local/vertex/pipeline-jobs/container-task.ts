import { join } from "node:path";
import type { PipelineDeploymentConfig_PipelineContainerSpecJson } from "../../../specs/ir/generated/pipeline_spec_pb.js";
import type { ContainerSpec } from "../processes/containers.ts";
import { follow } from "../processes/follow.ts";
import { findProcess, type ManagedProcess } from "../processes/process.ts";
import { VertexError } from "../wire/errors.ts";
import type { JsonObject } from "../wire/json.ts";
import type { Execution, ExecutorDependencies } from "./execution.ts";
import { fill, fillArgument, fillJson, type PlaceholderScope } from "./placeholders.ts";
import { requestOf } from "./resources.ts";

/** Runs a task's container until it has ended well; throws what it failed with, as Vertex says it. */
export async function runContainer(
  container: PipelineDeploymentConfig_PipelineContainerSpecJson,
  scope: PlaceholderScope,
  { task, signal, folder, onRunning }: Execution,
  { capacity, containers, cpu, memory, settings }: ExecutorDependencies,
): Promise<void> {
  const limits = requestOf(fillJson((container.resources ?? {}) as JsonObject, scope) as JsonObject);
  const adopted = await adopt(task.get().process);
  const release = adopted === undefined ? await capacity.acquire(limits, signal) : capacity.hold(limits);
  try {
    const process = adopted ?? (await launch());
    // One that is adopted has its limit already.
    const unlimit = adopted === undefined ? await limitCpu(process) : () => undefined;
    onRunning();
    const watch = memory.watch(process, limits.memory);
    const status = await follow(process, signal, settings.killGrace).finally(() => {
      watch.stop();
      unlimit();
    });
    if (status === 0) return;
    if (status === null)
      throw new VertexError("INTERNAL", `The task's process was lost. Its logs: ${process.directory}`);
    const lines = process.lastLines();
    throw new VertexError(
      "FAILED_PRECONDITION",
      `The replica workerpool0-0 ${watch.exceeded ? "ran out-of-memory and " : ""}exited with a non-zero status of ${status}.${lines === "" ? "" : `\n${lines}\n`} To find out more about why your job exited please check the logs: ${process.directory}`,
    );
  } finally {
    release();
  }

  async function limitCpu(process: ManagedProcess): Promise<() => void> {
    try {
      return cpu.limit(process, limits.cpus);
    } catch (error) {
      await process.stop(settings.killGrace);
      throw error;
    }
  }

  async function launch(): Promise<ManagedProcess> {
    const launches = task.get().launches + 1;
    const directory = join(folder, String(launches));
    const spec: ContainerSpec = {
      image: fill(container.image ?? "", scope),
      command: (container.command ?? []).flatMap((text) => fillArgument(text, scope)),
      args: (container.args ?? []).flatMap((text) => fillArgument(text, scope)),
      environment: Object.fromEntries(
        (container.env ?? []).map(({ name = "", value = "" }) => [name, fill(value, scope)]),
      ),
      limits,
    };
    const start = await containers.prepare(spec, directory, signal);
    // Before the start: should the server end right after, the next one finds the process in this folder.
    task.update({ launches, process: directory });
    return start();
  }
}

/** The process that an earlier server started for this try, if it runs or has left its status. */
async function adopt(directory: string | null): Promise<ManagedProcess | undefined> {
  if (directory === null) return undefined;
  const found = await findProcess(directory);
  return found.kind === "lost" ? undefined : found.process;
}
