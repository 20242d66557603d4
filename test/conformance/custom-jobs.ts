import {
  container,
  customJob,
  Dataset,
  double,
  executorInput,
  importer,
  int,
  Model,
  parallelFor,
  pipeline,
  string,
} from "../../specs/index.ts";

/** What `custom_jobs.py` writes with Google's `create_custom_training_job_from_component`. */

const train = container("train", {
  image: "trainer:1",
  inputs: { data: Dataset, epochs: int(), note: string({ default: "none" }) },
  outputs: { model: Model, loss: double() },
  command: ["python", "-m", "trainer"],
  args: ({ inputs, outputs }) => [
    "--data",
    inputs.data.path,
    "--epochs",
    inputs.epochs,
    "--model",
    outputs.model.path,
    "--loss",
    outputs.loss.path,
    inputs.note,
    executorInput,
  ],
});

const plain = pipeline("plain", { inputs: { uri: string() } }, ({ uri }) => {
  const data = importer(Dataset, { uri });
  train({ data, epochs: 3 }).runOn(customJob({ hardware: { machineType: "n1-standard-4" } }));
});

const everything = pipeline("everything", { inputs: { uri: string(), account: string() } }, ({ uri, account }) => {
  const data = importer(Dataset, { uri });
  const trained = train({ data, epochs: 3 })
    .env({ LOG: "debug" })
    .retry({ count: 1 })
    .displayName("on eight GPUs")
    .runOn(
      customJob({
        hardware: { machineType: "a3-highgpu-8g", accelerator: { type: "NVIDIA_H100_80GB", count: 8 } },
        strategy: "flex",
        maxWaitSeconds: 7200,
        displayName: "Fine-tune",
        replicas: 4,
        bootDisk: { type: "hyperdisk-balanced", sizeGb: 500 },
        timeoutSeconds: 3600,
        restartOnWorkerRestart: true,
        serviceAccount: account,
        network: "projects/1/global/networks/default",
        encryptionKey: "projects/p/locations/l/keyRings/r/cryptoKeys/k",
        tensorboard: "projects/p/locations/l/tensorboards/1",
        webAccess: true,
        reservedIpRanges: ["range"],
        nfsMounts: [{ server: "10.0.0.1", path: "/a", mountPoint: "/mnt/nfs/a" }],
        baseOutputDirectory: "gs://bucket/out",
        labels: { team: "a" },
        persistentResource: "kept",
        reservation: {
          type: "SPECIFIC_RESERVATION",
          key: "compute.googleapis.com/reservation-name",
          values: ["projects/p/zones/z/reservations/r"],
        },
      }),
    );
  return { Output: trained.model };
});

const inALoop = pipeline("in-a-loop", { inputs: { uri: string() } }, ({ uri }) => {
  const data = importer(Dataset, { uri });
  parallelFor(
    [1, 2],
    (epochs) => {
      train({ data, epochs }).runOn(
        customJob({
          hardware: { machineType: "n1-standard-8" },
          privateServiceConnect: { networkAttachment: "projects/p/regions/r/networkAttachments/a" },
        }),
      );
    },
    { parallelism: 1 },
  );
});

export const written = [plain, everything, inALoop];
