import type { KubernetesOption } from "../nodes/index.ts";
import { filled, someOf } from "./checks.ts";
import { appending } from "./option.ts";
import { constantText, type Text, textParameter } from "./parameter.ts";

export interface SecretAsEnvOptions {
  /** The Secret's name, which may be known only at run time. Never put a secret itself into a pipeline. */
  readonly secretName: Text;
  /** Key of the Secret's data → environment variable. */
  readonly keyToEnv: Readonly<Record<string, string>>;
  /** Whether the task starts though there is no such Secret; false when left out. */
  readonly optional?: boolean;
}

/**
 * Environment variables from a Secret. Several such options add up.
 * https://kubernetes.io/docs/concepts/configuration/secret/#using-secrets-as-environment-variables
 *
 * ```ts
 * train({ data }).kubernetes(secretAsEnv({ secretName: "hub", keyToEnv: { token: "HF_TOKEN" } }));
 * ```
 */
export function secretAsEnv({ secretName, keyToEnv, optional = false }: SecretAsEnvOptions): KubernetesOption {
  return appending("secretAsEnv", {
    ...constantText("secretName", secretName),
    secretNameParameter: textParameter(secretName, "secretName"),
    keyToEnv: Object.entries(someOf(keyToEnv, "keyToEnv")).map(([secretKey, envVar]) => ({ secretKey, envVar })),
    optional,
  });
}

export interface SecretAsVolumeOptions {
  /** The Secret's name, which may be known only at run time. */
  readonly secretName: Text;
  /** The folder in which each key is a file. */
  readonly mountPath: string;
  /** Whether the task starts though there is no such Secret; false when left out. */
  readonly optional?: boolean;
}

/**
 * A Secret's keys as files. Several such options add up.
 * https://kubernetes.io/docs/concepts/configuration/secret/#using-secrets-as-files-from-a-pod
 */
export function secretAsVolume({ secretName, mountPath, optional = false }: SecretAsVolumeOptions): KubernetesOption {
  return appending("secretAsVolume", {
    ...constantText("secretName", secretName),
    secretNameParameter: textParameter(secretName, "secretName"),
    mountPath: filled(mountPath, "mountPath"),
    optional,
  });
}
