import type { Executor, PipelineSpec } from "../../../../specs/ir/types.ts";
import { CommandError } from "../../user-error.ts";

/** Local Vertex runs this image with the programs of its own machine. */
const machineImage = "bash";

/** A program of this machine in the place of an image: it is put before the component's own command. */
export interface ImageMapping {
  /** With or without tag; without one it stands for all tags. */
  readonly image: string;
  readonly command: readonly string[];
}

/** `IMAGE=COMMAND`; the command's words are separated by spaces, with quotes around those that have some. */
export function parseImageMapping(text: string): ImageMapping {
  const [, image, command = ""] = /^([^=\s]+)=(.*)$/s.exec(text) ?? [];
  if (image === undefined) {
    throw new CommandError(
      "INVALID_IMAGE",
      `--image wants IMAGE=COMMAND, such as --image europe-docker.pkg.dev/p/r/trainer="uv run"; got ${JSON.stringify(text)}.`,
    );
  }
  return { image, command: words(command) };
}

/** The spec with the images replaced, and the mappings that meet none of its images. */
export function mapImages(
  spec: PipelineSpec,
  mappings: readonly ImageMapping[],
): { readonly spec: PipelineSpec; readonly unused: readonly string[] } {
  const used = new Set<ImageMapping>();
  const executors = Object.entries(spec.deploymentSpec?.executors ?? {}).map(
    ([label, executor]): [string, Executor] => {
      const { container } = executor;
      const mapping = mappings.find(({ image }) => matches(image, container?.image ?? ""));
      if (container === undefined || mapping === undefined) return [label, executor];
      used.add(mapping);
      const command = [...mapping.command, ...(container.command ?? [])];
      return [label, { ...executor, container: { ...container, image: machineImage, command } }];
    },
  );
  return {
    spec: { ...spec, deploymentSpec: { ...spec.deploymentSpec, executors: Object.fromEntries(executors) } },
    unused: mappings.filter((mapping) => !used.has(mapping)).map(({ image }) => image),
  };
}

function matches(mapped: string, image: string): boolean {
  return image !== "" && (image === mapped || withoutTag(image) === mapped);
}

function withoutTag(image: string): string {
  const name = image.split("@")[0] ?? "";
  const colon = name.lastIndexOf(":");
  return colon > name.lastIndexOf("/") ? name.slice(0, colon) : name;
}

function words(text: string): readonly string[] {
  return [...text.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, plain]) => double ?? single ?? plain ?? "",
  );
}
