import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../clock.ts";
import { defaultCache, type LocalImage } from "../images.ts";
import { type Admin, createAdmin } from "./admin/admin.ts";
import { Faults } from "./admin/faults.ts";
import { startAdminServer } from "./admin/server.ts";
import { BatchPredictionJobs } from "./batch-prediction/batch-prediction-jobs.ts";
import { batchPredictionMethods } from "./batch-prediction/service.ts";
import { CustomJobs } from "./custom-jobs/custom-jobs.ts";
import { jobService } from "./custom-jobs/service.ts";
import { Endpoints } from "./endpoints/endpoints.ts";
import { endpointService } from "./endpoints/service.ts";
import { HyperparameterTuningJobs } from "./hyperparameter-tuning/hyperparameter-tuning-jobs.ts";
import { hyperparameterTuningMethods } from "./hyperparameter-tuning/service.ts";
import { Metadata } from "./metadata/metadata.ts";
import { jobMetadata, pipelineMetadata } from "./metadata/pipelines.ts";
import { metadataSchemas } from "./metadata/schemas.ts";
import { metadataService } from "./metadata/service.ts";
import { copyAndExport } from "./models/copy-export.ts";
import { Evaluations, evaluationMethods } from "./models/evaluations.ts";
import { Models } from "./models/models.ts";
import { modelService } from "./models/service.ts";
import { metricService } from "./monitoring/service.ts";
import { Operations } from "./operations/operations.ts";
import { startPage } from "./page/index.ts";
import { Artifacts } from "./pipeline-jobs/artifacts.ts";
import { TaskCache } from "./pipeline-jobs/cache.ts";
import { Requests, VertexApi } from "./pipeline-jobs/google-components/requests.ts";
import { Importer } from "./pipeline-jobs/importer.ts";
import { PipelineJobs } from "./pipeline-jobs/pipeline-jobs.ts";
import { pipelineService } from "./pipeline-jobs/service.ts";
import { Capacity } from "./processes/capacity.ts";
import { Containers } from "./processes/containers.ts";
import { CpuLimits } from "./processes/cpu.ts";
import { findEngine } from "./processes/engine.ts";
import { MemoryGuard } from "./processes/memory.ts";
import { type Mount, realMount, rewritingMount } from "./processes/mount.ts";
import { NamespaceError, openBucketsNamespace } from "./processes/namespace.ts";
import { PythonEnvironments } from "./processes/python/environments.ts";
import { Schedules } from "./schedules/schedules.ts";
import { scheduleService } from "./schedules/service.ts";
import { explanationMethods } from "./serving/explanations/service.ts";
import { predictionService } from "./serving/prediction-service.ts";
import { rawStreams } from "./serving/raw-streams.ts";
import { streamingPrediction } from "./serving/streaming.ts";
import { tensorPrediction } from "./serving/tensor-prediction.ts";
import { defaultSettings, type Settings } from "./settings.ts";
import { openStore } from "./store/store.ts";
import { trainingPipelineMethods } from "./training-pipelines/service.ts";
import { TrainingPipelines } from "./training-pipelines/training-pipelines.ts";
import { serverCertificate } from "./wire/certificates.ts";
import { createWireServer } from "./wire/server.ts";

export type { Admin, ReplicaReference } from "./admin/admin.ts";
export type { Settings } from "./settings.ts";

export interface VertexOptions {
  /** Folder of what survives the server: its database, and the logs of all it ran. */
  readonly state: string;
  /** Of gRPC and REST; a free one when left out. */
  readonly port?: number;
  /** Of the admin API, JSON over HTTP; no such server when left out. */
  readonly adminPort?: number;
  /** Of the web page; no page when left out. */
  readonly pagePort?: number;
  /** Folder with one folder a bucket, objects in it as plain files. */
  readonly storageRoot: string;
  readonly images: readonly LocalImage[];
  readonly clock: Clock;
  readonly log: (line: string) => void;
  readonly settings?: Partial<Settings>;
  /** Folder of large downloads, Python environments among them. */
  readonly cache?: string;
}

export interface Vertex {
  /** `127.0.0.1:PORT`: gRPC and REST, both in plain text and over TLS. */
  readonly address: string;
  /** File of the certificate of the authority that signed the server's own, PEM: what a client over TLS is to trust. */
  readonly certificateAuthority: string;
  /** Faults and what else only tests do. */
  readonly admin: Admin;
  /** `http://127.0.0.1:PORT` of the admin API, where it was asked for. */
  readonly adminUrl: string | null;
  /** `http://127.0.0.1:PORT` of the web page, where it was asked for. */
  readonly pageUrl: string | null;
  /** Stops the processes; jobs under way are taken up again by the next server on this state. */
  close(): Promise<void>;
}

/** A Vertex AI that runs what it is given, on this machine. */
export async function startVertex(options: VertexOptions): Promise<Vertex> {
  const { state, storageRoot, images, clock, log } = options;
  const settings = { ...defaultSettings, ...options.settings };
  mkdirSync(storageRoot, { recursive: true });
  const store = openStore(state);
  const faults = new Faults();
  const { mount, unmount } = await mountBuckets(storageRoot, settings, log);
  const python = new PythonEnvironments(options.cache ?? defaultCache);
  const { containerEngine } = settings;
  const engine = containerEngine === null ? null : await findEngine(containerEngine);
  if (containerEngine !== null && engine === null)
    log(`${containerEngine} is configured, but doesn't answer: it runs no containers.`);
  const containers = new Containers({ images, mount, python, engine });
  const capacity = new Capacity(settings.capacity);
  const cpu = new CpuLimits();
  if (!cpu.hold)
    log("CPU limits of tasks don't hold here: this user may make no control groups of the cpu controller.");
  const operations = new Operations(store, clock);
  const customJobs = new CustomJobs(store, join(state, "custom-jobs"), {
    clock,
    containers,
    capacity,
    settings,
    faults,
  });
  const models = new Models(store, clock);
  const endpoints = new Endpoints(store, join(state, "endpoints"), models, operations, {
    clock,
    containers,
    settings,
    faults,
    log,
    replicas: store.collection("replicas"),
  });
  const batchPredictions = new BatchPredictionJobs(store, join(state, "batch-prediction-jobs"), {
    clock,
    containers,
    capacity,
    settings,
    faults,
    log,
    models,
  });
  const tunings = new HyperparameterTuningJobs(join(state, "hyperparameter-tuning-jobs"), { store, clock, customJobs });
  const trainings = new TrainingPipelines({ store, clock, customJobs, models });
  const evaluations = new Evaluations(store);
  let wireAddress = "";
  const services = {
    JobService: {
      ...jobService(customJobs, operations),
      ...batchPredictionMethods(batchPredictions, operations),
      ...hyperparameterTuningMethods(tunings, operations),
    },
    ModelService: {
      ...modelService(models, endpoints, operations),
      ...copyAndExport(models, operations, mount, clock),
      ...evaluationMethods(models, evaluations, clock),
    },
    EndpointService: endpointService(endpoints, operations, () => wireAddress),
  };
  const artifacts = new Artifacts(store, clock);
  const requests = new Requests();
  const pipelineJobs = new PipelineJobs(join(state, "pipeline-jobs"), {
    store,
    clock,
    containers,
    capacity,
    settings,
    customJobs,
    operations,
    cpu,
    memory: new MemoryGuard(),
    requests,
    api: new VertexApi(services, requests),
    artifacts,
    importer: new Importer(mount, settings.storageUpstream),
    cache: new TaskCache(store, mount),
  });
  const metadata = new Metadata(store, clock, (name) => pipelineMetadata(pipelineJobs, name));
  pipelineJobs.onDelete((job) => metadata.keep(jobMetadata(pipelineJobs, job)));
  const schedules = new Schedules({ store, clock, pipelineJobs, log });
  const certificate = await serverCertificate(join(state, "certificates"), Date.now());
  const wire = createWireServer({
    log,
    certificate,
    before: (method) => faults.check(method),
    after: (answer, version) => operations.answer(answer, version),
    methods: {
      PipelineService: {
        ...pipelineService(pipelineJobs, operations, (context) => metadata.parentsOf(context)),
        ...trainingPipelineMethods(trainings, operations),
      },
      ...services,
      MetadataService: {
        ...metadataService(metadata, store, operations, () => clock.now()),
        ...metadataSchemas(store, clock),
      },
      ScheduleService: scheduleService(schedules, operations),
      PredictionService: {
        ...predictionService(endpoints, Math.random),
        ...streamingPrediction(endpoints, Math.random),
        ...rawStreams(endpoints, Math.random),
        ...tensorPrediction(endpoints, Math.random),
        ...explanationMethods(endpoints, Math.random),
      },
      Operations: operations.methods(),
      MetricService: metricService(endpoints, clock),
    },
  });
  operations.abandonOthers(endpoints.resume());
  customJobs.resume();
  batchPredictions.jobs.resume();
  tunings.jobs.resume();
  trainings.jobs.resume();
  pipelineJobs.resume();
  schedules.takeUp();
  const admin = createAdmin(faults, customJobs, endpoints);
  const port = await wire.listen(options.port ?? 0);
  // By the name that is in the certificate.
  wireAddress = `localhost:${port}`;
  const adminServer = options.adminPort === undefined ? null : await startAdminServer(admin, clock, options.adminPort);
  const page =
    options.pagePort === undefined
      ? null
      : await startPage(options.pagePort, {
          pipelineJobs,
          customJobs,
          batchPredictions,
          tunings,
          schedules,
          models,
          evaluations,
          endpoints,
          artifacts,
          metadata,
          mount,
          store,
          clock,
        });
  return {
    address: `127.0.0.1:${port}`,
    certificateAuthority: certificate.authorityFile,
    admin,
    adminUrl: adminServer?.url ?? null,
    pageUrl: page?.url ?? null,
    async close() {
      await Promise.all([wire.close(), adminServer?.close(), page?.close()]);
      schedules.close();
      await Promise.all([
        pipelineJobs.close(),
        customJobs.close(),
        batchPredictions.jobs.close(),
        tunings.jobs.close(),
        trainings.jobs.close(),
        endpoints.close(),
      ]);
      await operations.settled();
      store.close();
      unmount();
    },
  };
}

/** A `/gcs` of their own for all processes, or what stands for it. */
async function mountBuckets(
  storageRoot: string,
  { mountBuckets }: Settings,
  log: (line: string) => void,
): Promise<{ mount: Mount; unmount: () => void }> {
  if (!mountBuckets) return { mount: rewritingMount(storageRoot), unmount: () => undefined };
  try {
    const namespace = await openBucketsNamespace(storageRoot);
    log("Tasks see the buckets at /gcs, as on Vertex.");
    return { mount: realMount(storageRoot, namespace), unmount: () => namespace.close() };
  } catch (error) {
    if (!(error instanceof NamespaceError)) throw error;
    log(
      `Tasks can't be given a /gcs here (${error.message}): such paths are rewritten in their arguments and variables, and a program that makes one by itself doesn't find it.`,
    );
    return { mount: rewritingMount(storageRoot), unmount: () => undefined };
  }
}
