import type { KubernetesOption } from "../nodes/index.ts";
import { filled, someOf } from "./checks.ts";
import { appending } from "./option.ts";
import { constantText, type Text, textParameter } from "./parameter.ts";

export interface ConfigMapAsEnvOptions {
  /** The ConfigMap's name, which may be known only at run time. */
  readonly configMapName: Text;
  /** Key of the ConfigMap's data → environment variable. */
  readonly keyToEnv: Readonly<Record<string, string>>;
  /** Whether the task starts though there is no such ConfigMap; false when left out. */
  readonly optional?: boolean;
}

/**
 * Environment variables from a ConfigMap. Several such options add up.
 * https://kubernetes.io/docs/tasks/configure-pod-container/configure-pod-configmap/#define-container-environment-variables-using-configmap-data
 */
export function configMapAsEnv({ configMapName, keyToEnv, optional = false }: ConfigMapAsEnvOptions): KubernetesOption {
  return appending("configMapAsEnv", {
    ...constantText("configMapName", configMapName),
    configMapNameParameter: textParameter(configMapName, "configMapName"),
    keyToEnv: Object.entries(someOf(keyToEnv, "keyToEnv")).map(([configMapKey, envVar]) => ({ configMapKey, envVar })),
    optional,
  });
}

export interface ConfigMapAsVolumeOptions {
  /** The ConfigMap's name, which may be known only at run time. */
  readonly configMapName: Text;
  /** The folder in which each key is a file. */
  readonly mountPath: string;
  /** Whether the task starts though there is no such ConfigMap; false when left out. */
  readonly optional?: boolean;
}

/**
 * A ConfigMap's keys as files. Several such options add up.
 * https://kubernetes.io/docs/tasks/configure-pod-container/configure-pod-configmap/#add-configmap-data-to-a-volume
 */
export function configMapAsVolume(options: ConfigMapAsVolumeOptions): KubernetesOption {
  const { configMapName, mountPath, optional = false } = options;
  return appending("configMapAsVolume", {
    ...constantText("configMapName", configMapName),
    configMapNameParameter: textParameter(configMapName, "configMapName"),
    mountPath: filled(mountPath, "mountPath"),
    optional,
  });
}
