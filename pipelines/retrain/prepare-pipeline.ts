import {
  type CompiledSpec,
  compile,
  container,
  int,
  list,
  type ParameterValue,
  parallelFor,
  pipeline,
  string,
} from "../../specs/index.ts";

interface Phase {
  readonly name: string;
  /** For people. */
  readonly title: string;
  readonly pieces: number;
}

export interface PreparePipelineOptions {
  /** The preparation's container, by digest. */
  readonly image: string;
  /** In order. */
  readonly phases: readonly Phase[];
  /** That share a phase's pieces. */
  readonly workers: number;
  readonly machine: { readonly cpu: string; readonly memory: string };
  /** Buckets that are read or written, without `gs://`. */
  readonly buckets: readonly string[];
}

/** What a phase waits for: nothing, or all that a loop's tasks said. */
type Before = readonly string[] | ParameterValue<"list", readonly string[]>;

/**
 * A preparation that is larger than a machine: phase after phase, each shared out among workers, which run what one
 * process would and leave the same bytes. A worker that is run again goes on behind the pieces that it finished.
 */
export function preparePipeline({ image, phases, workers, machine, buckets }: PreparePipelineOptions): CompiledSpec {
  const prepare = container("prepare", {
    image,
    inputs: {
      work: string({ description: "Folder of the preparation, under /gcs." }),
      output: string({ description: "Folder of the prepared data, under /gcs." }),
      phase: string(),
      worker: int({ description: "From 0." }),
      workers: int(),
      before: list({
        items: string(),
        description: "What the workers of the phase before said: a phase waits for all.",
      }),
    },
    outputs: { done: string() },
    command: ["retemper-prepare"],
    args: ({ inputs, outputs }) => [
      ...["--work", inputs.work, "--output", inputs.output, "--phase", inputs.phase],
      ...["--worker", inputs.worker, "--workers", inputs.workers],
      ...buckets.flatMap((bucket) => ["--mount", `/gcs/${bucket}`]),
      ...["--done", outputs.done.path],
    ],
  });
  return compile(
    pipeline(
      "prepare-data",
      {
        description: "Checks, deduplicates and splits data that is larger than a machine.",
        inputs: { work: string(), output: string() },
      },
      ({ work, output }) => {
        const shared = (phase: Phase, before: Before) => {
          const count = Math.min(workers, phase.pieces);
          const numbers = Array.from({ length: count }, (_, index) => index);
          return parallelFor(numbers, (worker) =>
            prepare({ work, output, phase: phase.name, worker, workers: count, before })
              .displayName(phase.title)
              .cpu(machine.cpu)
              .memory(machine.memory)
              // What is there is not made again anyway.
              .cache(false)
              .retry({ count: 2 }),
          );
        };
        phases.reduce<Before>((before, phase) => shared(phase, before).done, []);
      },
    ),
  );
}
