import {
  type Argument,
  Artifact,
  compile,
  container,
  double,
  ifPresent,
  int,
  optional,
  type Placeholder,
  pipeline,
  string,
  struct,
} from "../../../specs/index.ts";
import { type Authors, programOf } from "./reference.ts";

const image = "python:3.7";

const columns =
  "trip_id,taxi_id,trip_start_timestamp,trip_end_timestamp,trip_seconds,trip_miles,pickup_census_tract," +
  "dropoff_census_tract,pickup_community_area,dropoff_community_area,fare,tips,tolls,extras,trip_total,payment_type," +
  "company,pickup_centroid_latitude,pickup_centroid_longitude,pickup_centroid_location,dropoff_centroid_latitude," +
  "dropoff_centroid_longitude,dropoff_centroid_location";

const training = {
  training_data: Artifact,
  starting_model: optional(Artifact),
  num_iterations: int({ default: 10 }),
  booster_params: struct({ optional: true }),
  objective: string({ default: "reg:squarederror" }),
  booster: string({ default: "gbtree" }),
  learning_rate: double({ default: 0.3 }),
  min_split_loss: double({ default: 0 }),
  max_depth: int({ default: 6 }),
};

const trained = { model: Artifact, model_config: Artifact };

type Paths = { readonly [Output in keyof typeof trained]: { readonly path: Argument } };

function modelPaths({ model, model_config }: Paths): readonly Argument[] {
  return ["--model", model.path, "--model-config", model_config.path];
}

/** A flag for each input that has a value. */
function flags(inputs: Readonly<Record<string, Placeholder & { readonly input: string }>>): readonly Argument[] {
  return Object.entries(inputs).map(([name, input]) => ifPresent(input, [`--${name.replaceAll("_", "-")}`, input]));
}

/** Components that others publish: containers with optional parameters and artifacts. */
export const xgboost: Authors = {
  "xgboost_sample_pipeline.yaml": (file) => {
    const readTrips = container("chicago-taxi-trips-dataset", {
      image: "byrnedo/alpine-curl@sha256:548379d0a4a0c08b9e55d9d87a592b7d35d9ab3037f4936f5ccd09d0b625a342",
      inputs: {
        where: string({
          default: 'trip_start_timestamp>="1900-01-01" AND trip_start_timestamp<"2100-01-01"',
        }),
        limit: int({ default: 1000 }),
        select: string({ default: columns }),
        format: string({ default: "csv" }),
      },
      outputs: { table: Artifact },
      command: ({ inputs, outputs }) => [
        ...programOf(file, "chicago-taxi-trips-dataset").slice(0, 3),
        outputs.table.path,
        inputs.select,
        inputs.where,
        inputs.limit,
        inputs.format,
      ],
    });
    const convert = container("convert-csv-to-apache-parquet", {
      image,
      inputs: { data: Artifact },
      outputs: { output_data: Artifact },
      command: programOf(file, "convert-csv-to-apache-parquet"),
      args: ({ inputs, outputs }) => ["--data", inputs.data.path, "--output-data", outputs.output_data.path],
    });
    const trainOnCsv = container("xgboost-train", {
      image,
      inputs: { ...training, label_column: int({ default: 0 }) },
      outputs: trained,
      command: programOf(file, "xgboost-train"),
      args: ({ inputs, outputs }) => {
        const { training_data, starting_model, label_column, ...others } = inputs;
        return [
          "--training-data",
          training_data.path,
          ifPresent(starting_model, ["--starting-model", starting_model.path]),
          ...flags({ label_column, ...others }),
          ...modelPaths(outputs),
        ];
      },
    });
    const trainOnParquet = container("xgboost-train", {
      image,
      inputs: { ...training, label_column_name: string() },
      outputs: trained,
      command: programOf(file, "xgboost-train-2"),
      args: ({ inputs, outputs }) => {
        const { training_data, starting_model, label_column_name, ...others } = inputs;
        return [
          "--training-data",
          training_data.path,
          "--label-column-name",
          label_column_name,
          ifPresent(starting_model, ["--starting-model", starting_model.path]),
          ...flags(others),
          ...modelPaths(outputs),
        ];
      },
    });
    const predictOnCsv = container("xgboost-predict", {
      image,
      inputs: { data: Artifact, model: Artifact, label_column: int({ optional: true }) },
      outputs: { predictions: Artifact },
      command: programOf(file, "xgboost-predict"),
      args: ({ inputs, outputs }) => [
        "--data",
        inputs.data.path,
        "--model",
        inputs.model.path,
        ...flags({ label_column: inputs.label_column }),
        "--predictions",
        outputs.predictions.path,
      ],
    });
    const predictOnParquet = container("xgboost-predict", {
      image,
      inputs: { data: Artifact, model: Artifact, label_column_name: string({ optional: true }) },
      outputs: { predictions: Artifact },
      command: programOf(file, "xgboost-predict-2"),
      args: ({ inputs, outputs }) => [
        "--data",
        inputs.data.path,
        "--model",
        inputs.model.path,
        ...flags({ label_column_name: inputs.label_column_name }),
        "--predictions",
        outputs.predictions.path,
      ],
    });

    return compile(
      pipeline("xgboost-sample-pipeline", {}, () => {
        const csv = readTrips({
          where: 'trip_start_timestamp >= "2019-01-01" AND trip_start_timestamp < "2019-02-01"',
          select:
            "tips,trip_seconds,trip_miles,pickup_community_area,dropoff_community_area,fare,tolls,extras,trip_total",
          limit: 10_000,
        }).table;
        const how = { num_iterations: 200, objective: "reg:squarederror" } as const;
        const byCsv = trainOnCsv({ training_data: csv, label_column: 0, ...how }).model;
        predictOnCsv({ data: csv, model: byCsv, label_column: 0 });
        const parquet = convert({ data: csv }).output_data;
        const byParquet = trainOnParquet({ training_data: parquet, label_column_name: "tips", ...how }).model;
        predictOnParquet({ data: parquet, model: byParquet, label_column_name: "tips" });
        // Each model is good for the other format, too.
        predictOnParquet({ data: parquet, model: byCsv, label_column_name: "tips" });
        predictOnCsv({ data: csv, model: byParquet, label_column: 0 });
      }),
    );
  },
};
