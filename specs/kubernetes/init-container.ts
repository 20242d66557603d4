import type { KubernetesOption } from "../nodes/index.ts";
import { filled, mistake, quantity } from "./checks.ts";
import { defined, option } from "./option.ts";

export interface InitContainerOptions {
  /** Unique in the task's pod. */
  readonly name: string;
  readonly image: string;
  /** The image's own when left out. */
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  /** In this order, which counts where one variable is made of another: `$(NAME)`. */
  readonly env?: Readonly<Record<string, string>>;
  /** Volume's name → absolute path. The volume comes from another option, such as `emptyDirMount`. */
  readonly volumeMounts?: Readonly<Record<string, string>>;
  /** Keeps running beside the task, as a sidecar: https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/ */
  readonly restartPolicy?: "Always";
  /** Resource → quantity, such as `{ cpu: "250m" }`. */
  readonly resourceRequests?: Readonly<Record<string, string>>;
  /** Resource → quantity, such as `{ memory: "256Mi" }`. */
  readonly resourceLimits?: Readonly<Record<string, string>>;
}

/**
 * A container that runs to its end before the task's own starts. Several such options run in their order.
 * Needs an installation of Kubeflow Pipelines that is newer than 2.17.
 * https://kubernetes.io/docs/concepts/workloads/pods/init-containers/
 */
export function initContainer(options: InitContainerOptions): KubernetesOption {
  const { command = [], args = [], env = {}, volumeMounts = {}, resourceRequests = {}, resourceLimits = {} } = options;
  const name = filled(options.name, "an init container's name");
  if (name === "kfp-launcher") throw mistake('"kfp-launcher" is Kubeflow\'s own init container: choose another name.');
  for (const [volume, path] of Object.entries(volumeMounts)) {
    filled(volume, "a volume's name");
    if (!path.startsWith("/")) {
      throw mistake(
        `init container ${JSON.stringify(name)} mounts ${JSON.stringify(volume)} at ${JSON.stringify(path)}: give an absolute path.`,
      );
    }
  }
  const resources = defined({ requests: quantities(resourceRequests), limits: quantities(resourceLimits) });
  const container = {
    name,
    image: filled(options.image, "an init container's image"),
    ...(command.length > 0 && { command }),
    ...(args.length > 0 && { args }),
    ...(Object.keys(env).length > 0 && {
      env: Object.entries(env).map(([variable, value]) => ({ name: filled(variable, "a variable's name"), value })),
    }),
    ...(Object.keys(volumeMounts).length > 0 && {
      volumeMounts: Object.entries(volumeMounts).map(([volumeName, mountPath]) => ({ volumeName, mountPath })),
    }),
    ...defined({ restartPolicy: options.restartPolicy }),
    ...(Object.keys(resources).length > 0 && { resources }),
  };
  return option((config) => {
    const { initContainers = [] } = config;
    if (initContainers.some((other) => other.name === name)) {
      throw mistake(`the task has an init container ${JSON.stringify(name)} already: choose another name.`);
    }
    return { ...config, initContainers: [...initContainers, container] };
  });
}

function quantities(given: Readonly<Record<string, string>>): Readonly<Record<string, string>> | undefined {
  for (const [resource, text] of Object.entries(given)) quantity(text, filled(resource, "a resource's name"));
  return Object.keys(given).length > 0 ? given : undefined;
}
