import { status } from "@grpc/grpc-js";
import type { Failure, JobView } from "../failures.ts";

/** What to do about an image that stands for nothing on this machine; empty for any other failure. */
export function imageHelp({ job, places }: JobView, { task, place }: Failure): string {
  const label = places.byPlace.get(place)?.step.component.executorLabel ?? "";
  const image = job.spec.deploymentSpec?.executors?.[label]?.container?.image;
  // A container that ran, whatever became of it, has another code.
  if (image === undefined || task.error?.code !== status.NOT_FOUND) return "";
  return `
    The image ${image} is not on this machine. Any of these tells what it is:
      --image ${image}="COMMAND"   a program in its place, before the component's own command
      --images FILE                which image is which program, for all tasks
      --container-engine docker    the image itself
`;
}
