import {
  Artifact,
  ClassificationMetrics,
  compile,
  Dataset,
  double,
  HTML,
  int,
  Markdown,
  Metrics,
  pipeline,
  string,
} from "../../../specs/index.ts";
import { type Authors, componentOf } from "./reference.ts";

/** Python functions that take and give artifacts. */
export const artifacts: Authors = {
  "component_with_metadata_fields.yaml": (file) =>
    compile(
      componentOf(file, "dataset-joiner", {
        inputs: { dataset_a: Dataset, dataset_b: Dataset },
        outputs: { out_dataset: Dataset, Output: string() },
      }),
    ),

  "critical/pipeline_with_artifact_upload_download.yaml": (file) => {
    const names = { dataset_repo: string(), dataset_name: string() };
    const download = componentOf(file, "download-dataset-and-upload-as-artifact", {
      inputs: names,
      outputs: { output_dataset: Dataset },
    });
    const print = componentOf(file, "print-dataset-info", { inputs: { dataset: Dataset } });
    return compile(
      pipeline(
        "pipeline-with-datasets",
        {
          description: "Download Hugging Face Data Set, upload it as an artifact and print its metadata",
          inputs: {
            dataset_repo: string({ default: "google/frames-benchmark" }),
            dataset_name: string({ default: "" }),
          },
        },
        (given) => {
          print({ dataset: download(given).output_dataset });
        },
      ),
    );
  },

  "essential/embedded_artifact.yaml": (file) => {
    const readFolder = componentOf(file, "read-embedded-artifact-dir");
    const readFile = componentOf(file, "read-embedded-artifact-file");
    return compile(
      pipeline("nb-simple", {}, () => {
        readFolder().cache(false);
        readFile().cache(false);
      }),
    );
  },

  "input_artifact.yaml": (file) => compile(componentOf(file, "input-artifact", { inputs: { data: Dataset } })),

  "metrics_visualization_v2.yaml": (file) => {
    const wine = componentOf(file, "wine-classification", { outputs: { metrics: ClassificationMetrics } });
    const iris = componentOf(file, "iris-sgdclassifier", {
      inputs: { test_samples_fraction: double() },
      outputs: { metrics: ClassificationMetrics },
    });
    const digits = componentOf(file, "digit-classification", { outputs: { metrics: Metrics } });
    const html = componentOf(file, "html-visualization", { outputs: { html_artifact: HTML } });
    const markdown = componentOf(file, "markdown-visualization", { outputs: { markdown_artifact: Markdown } });
    return compile(
      pipeline("metrics-visualization-pipeline", {}, () => {
        wine();
        iris({ test_samples_fraction: 0.3 });
        digits();
        html();
        markdown();
      }),
    );
  },

  "output_metrics.yaml": (file) => compile(componentOf(file, "output-metrics", { outputs: { metrics: Metrics } })),

  "upload_download_compiled.yaml": (file) => {
    const send = componentOf(file, "send-file", {
      inputs: { file_size_bytes: int() },
      outputs: { outgoingfile: Artifact },
    });
    const receive = componentOf(file, "receive-file", {
      inputs: { incomingfile: Artifact },
      outputs: { saveartifact: Artifact },
    });
    const check = componentOf(file, "test-uploaded-artifact", {
      inputs: {
        previous_step: Artifact,
        file_size_bytes: int(),
        mlpipeline_minio_artifact_secret: string(),
        bucket_name: string(),
      },
    });
    const inputs = { mlpipeline_minio_artifact_secret: string(), bucket_name: string() };
    return compile(
      pipeline("test-data-passing-pipeline-1", { inputs }, (given) => {
        const file_size_bytes = 20 * 1024 * 1024;
        const sent = send({ file_size_bytes }).cache(false);
        const received = receive({ incomingfile: sent.outgoingfile }).cache(false);
        check({ previous_step: received.saveartifact, file_size_bytes, ...given }).cache(false);
      }),
    );
  },
};
