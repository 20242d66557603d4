import { status } from "@grpc/grpc-js";
import { rows } from "../../view/terminal.ts";
import type { Failure, JobView } from "../failures.ts";

/** What to do about an image that stands for nothing on this machine; empty for any other failure. */
export function imageHelp({ job, places }: JobView, { task, place }: Failure): string {
  const label = places.byPlace.get(place)?.step.component.executorLabel ?? "";
  const image = job.spec.deploymentSpec?.executors?.[label]?.container?.image;
  // A container that ran, whatever became of it, has another code.
  if (image === undefined || task.error?.code !== status.NOT_FOUND) return "";
  const ways = [
    [`--image ${image}="COMMAND"`, "a program in its place; it is put before the component's own command"],
    ["--images FILE", "a file that says which image is which program"],
    ["--container-engine docker", "the image itself; or podman"],
  ] as const;
  return `\n    The image ${image} is not on this machine. Tell what it is:\n${rows(ways).replaceAll(/^/gm, "    ").trimEnd()}\n`;
}
