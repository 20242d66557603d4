import type { KubernetesOption } from "../nodes/index.ts";
import type { CustomJob } from "./custom-job.ts";
import type { ParameterValue } from "./values.ts";

/** What every task can be told. Each method gives the same task back. */
export interface TaskMethods<Self> {
  /** Its name in the spec, in place of the component's. */
  named(name: string): Self;
  /** Its name on Vertex's pages. */
  displayName(text: string): Self;
  /** Waits for tasks that it takes nothing from, or for an exit handler's steps. */
  after(...steps: readonly [AnyTask, ...AnyTask[]]): Self;
  /** Whether an earlier run's outputs are taken when nothing has changed; on unless told otherwise. */
  cache(enabled: boolean | { readonly key: string }): Self;
  /** Runs again after a failure. */
  retry(options: RetryOptions): Self;
  /** Runs also when what comes before it has failed. Inputs that a failed task would have made need defaults. */
  ignoreUpstreamFailure(): Self;
  /** The container's image, in place of the component's. */
  image(image: Text): Self;
  /** Cores, as `4` or `500m`: the limit, or limit and request (Vertex takes limits only). */
  cpu(quantity: Quantity): Self;
  /** Memory, as `16Gi` or `32G`: the limit, or limit and request (Vertex takes limits only). */
  memory(quantity: Quantity): Self;
  /** Chips such as `NVIDIA_TESLA_T4`. A TPU slice needs `runOn(customJob(…))`. */
  accelerator(type: Text, count?: number | Text): Self;
  /** Environment variables of its container. */
  env(variables: Readonly<Record<string, string>>): Self;
  /** Runs on a machine of its own, as a CustomJob: TPUs, GPUs, Spot. */
  runOn(job: CustomJob): Self;
  /** Options for open-source Kubeflow Pipelines, which Vertex ignores. */
  kubernetes(...options: readonly KubernetesOption[]): Self;
}

/** A text known now, or when the pipeline runs. */
export type Text = string | ParameterValue<"string", string>;

export type Quantity = Text | { readonly limit?: Text; readonly request?: Text };

export interface RetryOptions {
  /** How many times more. */
  readonly count: number;
  /** Seconds before the first; 0 when left out. */
  readonly backoffSeconds?: number;
  /** How much longer each wait is than the one before; 2 when left out. */
  readonly backoffFactor?: number;
  /** The longest wait; an hour when left out. */
  readonly backoffMaxSeconds?: number;
}

export const taskId: unique symbol = Symbol("taskId");
export const taskTrace: unique symbol = Symbol("taskTrace");

/** A task of a pipeline, whichever, or an exit handler with its steps. */
export interface AnyTask {
  readonly [taskId]: number;
  /** That of its pipeline. */
  readonly [taskTrace]: number;
}
