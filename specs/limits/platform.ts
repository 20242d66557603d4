import type { PlatformSpecJson } from "../ir/generated/pipeline_spec_pb.js";
import type { LimitFinding } from "./limits.ts";

/**
 * What a platform document asks for, all of which Vertex ignores: a pipeline job takes the spec alone.
 * https://cloud.google.com/vertex-ai/docs/reference/rest/v1/projects.locations.pipelineJobs
 */
export function checkPlatform(platform: PlatformSpecJson): readonly LimitFinding[] {
  return Object.entries(platform.platforms ?? {}).flatMap(([name, { deploymentSpec, pipelineConfig }]) => {
    const path = `/platforms/${name}`;
    const executors = Object.entries(deploymentSpec?.executors ?? {}).flatMap(([label, options]) =>
      Object.keys(options).map((option) => ignored(option, `${path}/deploymentSpec/executors/${label}/${option}`)),
    );
    const whole = Object.keys(pipelineConfig ?? {}).map((option) =>
      ignored(option, `${path}/pipelineConfig/${option}`),
    );
    return [...executors, ...whole];
  });
}

function ignored(option: string, path: string): LimitFinding {
  const message = `Vertex ignores ${option}, an option for open-source Kubeflow Pipelines${instead[option] ?? ": leave it out"}.`;
  return { code: "KubernetesOnly", message, path };
}

/** What does on Vertex what the option does on Kubernetes. */
const instead: Readonly<Record<string, string>> = {
  secretAsEnv: ": read the secret from Secret Manager in the task",
  secretAsVolume: ": read the secret from Secret Manager in the task",
  configMapAsEnv: ": set the variables with env(…), or give the task an input",
  configMapAsVolume: ": import a file from Cloud Storage",
  pvcMount: ": pass artifacts, or read and write under /gcs/",
  genericEphemeralVolume: ": run the task as a customJob(…) with a larger boot disk",
  emptyDirMounts: ": run the task as a customJob(…) with a larger boot disk",
  nodeSelector: ": choose a machine with customJob(…)",
  nodeAffinity: ": choose a machine with customJob(…)",
  tolerations: ": choose a machine with customJob(…)",
  podMetadata: ": give the pipeline job labels",
  imagePullSecret: ": let Vertex's service agent read the registry",
  activeDeadlineSeconds: ": give customJob(…) a timeout",
  securityContext: ": choose the user in the image",
  workspace: ": pass artifacts, or read and write under /gcs/",
};
