import type { KubernetesOption } from "../nodes/index.ts";
import { filled, mistake, wholeNumber } from "./checks.ts";
import { appending, defined, option } from "./option.ts";

export interface FieldPathAsEnvOptions {
  /** The environment variable. */
  readonly name: string;
  /** Such as `metadata.name` or `metadata.labels['team']`. */
  readonly fieldPath: string;
}

/**
 * A field of the task's pod as an environment variable. Several such options add up.
 * https://kubernetes.io/docs/tasks/inject-data-application/environment-variable-expose-pod-information/
 */
export function fieldPathAsEnv({ name, fieldPath }: FieldPathAsEnvOptions): KubernetesOption {
  return appending("fieldPathAsEnv", { name: filled(name, "name"), fieldPath: filled(fieldPath, "fieldPath") });
}

/**
 * How many seconds the task's pod may run before it is stopped as failed; 0 takes back what an option before said.
 * https://kubernetes.io/docs/concepts/workloads/controllers/job/#job-termination-and-cleanup
 */
export function timeout(seconds: number): KubernetesOption {
  wholeNumber(seconds, "timeout");
  return option(({ activeDeadlineSeconds: _, ...config }) => ({
    ...config,
    ...(seconds > 0 && { activeDeadlineSeconds: String(seconds) }),
  }));
}

/** At least one of these. */
export interface SecurityContextOptions {
  /** The user's number. */
  readonly runAsUser?: number;
  /** The group's number. */
  readonly runAsGroup?: number;
  /** Refuses to start as root. */
  readonly runAsNonRoot?: boolean;
}

/**
 * As whom the container runs. Each field comes to those before; of the same one, the last holds.
 * What the cluster's administrator has set stays.
 * https://kubernetes.io/docs/tasks/configure-pod-container/security-context/
 */
export function securityContext({ runAsUser, runAsGroup, runAsNonRoot }: SecurityContextOptions): KubernetesOption {
  const set = defined({
    runAsUser: runAsUser === undefined ? undefined : String(wholeNumber(runAsUser, "runAsUser")),
    runAsGroup: runAsGroup === undefined ? undefined : String(wholeNumber(runAsGroup, "runAsGroup")),
    runAsNonRoot,
  });
  if (Object.keys(set).length === 0) throw mistake("securityContext says nothing: set at least one of its fields.");
  return option((config) => ({ ...config, securityContext: { ...config.securityContext, ...set } }));
}
