import {
  artifactType,
  compile,
  container,
  Dataset,
  importer,
  int,
  Model,
  pipeline,
  string,
} from "../../../specs/index.ts";
import { type Authors, componentOf } from "./reference.ts";

const shakespeare = "gs://ml-pipeline-playground/shakespeare1.txt";

/** Artifacts that were there before. */
export const importers: Authors = {
  "critical/modelcar.yaml": (file) => {
    const build = componentOf(file, "build-model-car", { outputs: { model: Model } });
    const listFiles = componentOf(file, "get-model-files-list", {
      inputs: { input_model: Model },
      outputs: { Output: string() },
    });
    return compile(
      pipeline(
        "pipeline-with-modelcar-model",
        { inputs: { model_uri: string({ default: "oci://registry.domain.local/modelcar:test" }) } },
        ({ model_uri }) => {
          build().cache(false);
          listFiles({ input_model: importer(Model, { uri: model_uri }) }).cache(false);
        },
      ),
    );
  },

  "pipeline_with_dynamic_importer_metadata.yaml": (file) => {
    const makeName = componentOf(file, "make-name", { inputs: { name: string() }, outputs: { Output: string() } });
    const image = "us-docker.pkg.dev/vertex-ai/prediction/tf2-gpu.2-5:latest";
    return compile(
      pipeline(
        "pipeline-with-importer",
        {
          inputs: {
            name: string({ default: "default-name" }),
            int_input: int({ default: 1 }),
            pipeline_input_artifact_uri: string({ default: shakespeare }),
            pipeline_input_image_uri: string({ default: image }),
          },
        },
        ({ name, int_input, pipeline_input_artifact_uri, pipeline_input_image_uri }) => {
          importer(Dataset, {
            uri: pipeline_input_artifact_uri,
            metadata: { name: [name, "alias-name"], containerSpec: { imageUri: pipeline_input_image_uri } },
          });
          const other = makeName({ name: "a-different-name" }).Output;
          importer(Dataset, {
            uri: shakespeare,
            metadata: {
              name: `prefix-${other}`,
              "list-of-data": [other, name, int_input],
              [`${other}`]: other,
              [`${name}`]: image,
              containerSpec: { imageUri: image },
            },
          });
        },
      ),
    );
  },

  "pipeline_with_google_artifact_type.yaml": (file) => {
    const VertexModel = artifactType("google.VertexModel", "0.0.0");
    const VertexDataset = artifactType("google.VertexDataset", "0.0.0");
    const produce = componentOf(file, "model-producer", { outputs: { model: VertexModel } });
    const consume = componentOf(file, "model-consumer", { inputs: { model: VertexModel, dataset: VertexDataset } });
    return compile(
      pipeline("pipeline-with-google-types", {}, () => {
        const dataset = importer(VertexDataset, { uri: shakespeare, metadata: { key: "value" } });
        consume({ model: produce().model, dataset });
      }),
    );
  },

  "pipeline_with_importer_and_gcpc_types.yaml": () => {
    const VertexDataset = artifactType("google.VertexDataset");
    const consume = container("consumer-op", {
      image: "dummy",
      inputs: { dataset: VertexDataset },
      command: ["cmd"],
      args: ({ inputs }) => [inputs.dataset.path],
    });
    return compile(
      pipeline("pipeline-with-importer-and-gcpc-type", {}, () => {
        consume({ dataset: importer(VertexDataset, { uri: shakespeare, metadata: { key: "value" } }) });
      }),
    );
  },
};
