import type { KubernetesOption } from "../nodes/index.ts";
import { appending, option } from "./option.ts";
import { constantText, type Text, textParameter } from "./parameter.ts";

/**
 * When the node asks the registry for the image. The last such option holds.
 * https://kubernetes.io/docs/concepts/containers/images/#image-pull-policy
 */
export function imagePullPolicy(policy: "Always" | "IfNotPresent" | "Never"): KubernetesOption {
  return option((config) => ({ ...config, imagePullPolicy: policy }));
}

/**
 * Secrets with which the image is pulled, by name. Several such options add up.
 * https://kubernetes.io/docs/concepts/containers/images/#specifying-imagepullsecrets-on-a-pod
 */
export function imagePullSecrets(...secretNames: readonly [Text, ...Text[]]): KubernetesOption {
  return appending(
    "imagePullSecret",
    ...secretNames.map((secretName) => ({
      ...constantText("secretName", secretName),
      secretNameParameter: textParameter(secretName, "secretName"),
    })),
  );
}
