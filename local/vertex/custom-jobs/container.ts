import { containerPath } from "../processes/mount.ts";
import type { WorkerPoolMessage } from "./records.ts";

type Container = NonNullable<WorkerPoolMessage["containerSpec"]>;

/** What the replicas of a pool run: a container, or the executor image that installs packages and runs their module. */
export function containerOf({ containerSpec, pythonPackageSpec }: WorkerPoolMessage): Container {
  if (pythonPackageSpec === undefined) return containerSpec ?? {};
  const { executorImageUri = "", packageUris = [], pythonModule = "", args = [], env = [] } = pythonPackageSpec;
  const packages = packageUris.map((uri) => `'${containerPath(uri).replaceAll("'", "'\\''")}'`);
  const install = `python3 -m pip install --quiet --disable-pip-version-check ${packages.join(" ")}`;
  return {
    imageUri: executorImage(executorImageUri),
    command: ["sh", "-c", `module="$0"; ${install} && exec python3 -m "$module" "$@"`, pythonModule],
    args,
    env,
  };
}

/**
 * Vertex's own executor images, `…/vertex-ai/training/NAME.py310`, are not here: a Python of their version stands for
 * one, which has only what the packages require.
 */
function executorImage(uri: string): string {
  const [, minor] = /\/vertex-ai\/training\/[^/]*\.py3(\d+)(?::|$)/.exec(uri) ?? [];
  return minor === undefined ? uri : `python:3.${minor}`;
}
