import { setTimeout as sleep } from "node:timers/promises";
import { status } from "@grpc/grpc-js";
import type { PromoteActivities, ServingSpec } from "../../pipelines/promote/activities.ts";
import { type RequestForm, requestForm } from "../../pipelines/promote/serve.ts";
import type { Clients } from "../clients/clients.ts";
import { sha256 } from "../digest.ts";
import { UserError } from "../errors.ts";
import { cancellation, reportProgress, uninterrupted, whileAlive } from "../progress.ts";
import { joinUri } from "../storage/object-uri.ts";
import { deploy, ensureEndpoint, readEndpoint, undeploy } from "./endpoints.ts";
import { endpointPath, slug, splitModelVersion } from "./names.ts";
import { OperationFailed, operationOptions, settle } from "./operations.ts";
import { p95, predict } from "./predict.ts";
import { flawOf } from "./request-form.ts";
import { describeGrpc, isGrpcError, isTransientGrpc } from "./status.ts";

/** The first request may warm the model up. */
const requestMilliseconds = 60_000;

/** As long as the slowest deployment. */
const removalMilliseconds = 30 * 60 * 1000;

/** Ends of a deployment that say something of Vertex, not of the model. */
const notTheModel: ReadonlySet<number> = new Set([
  status.CANCELLED,
  status.RESOURCE_EXHAUSTED,
  status.ABORTED,
  status.UNAVAILABLE,
]);

interface SmokeTest {
  readonly modelVersion: string;
  readonly releaseId: string;
  readonly serving: ServingSpec;
  readonly instances: readonly string[];
}

export function createSmokeTestActivities(clients: Clients): Pick<PromoteActivities, "smokeTest"> {
  return {
    smokeTest: (input) =>
      whileAlive(
        () => `smoke test of ${input.modelVersion}`,
        async () => {
          const endpoint = smokeEndpointId(input.modelVersion, input.releaseId);
          try {
            return await serveAndAsk(clients, endpoint, input);
          } finally {
            await remove(clients, endpoint);
          }
        },
      ),
  };
}

/** The same for each try, so that what a dead worker left behind is found and removed. */
export function smokeEndpointId(modelVersion: string, releaseId: string): string {
  const { id } = splitModelVersion(modelVersion);
  return `${slug(id, 40)}-smoke-${sha256(`${modelVersion} ${releaseId}`).slice(0, 10)}`;
}

async function serveAndAsk(
  clients: Clients,
  endpoint: string,
  { modelVersion, releaseId, serving, instances }: SmokeTest,
): Promise<{ requests: number; p95Milliseconds: number }> {
  const labels = await labelsOf(clients, modelVersion);
  await ensureEndpoint(clients, endpoint);
  const deployedModelId = await deployOrExplain(clients, endpoint, modelVersion, releaseId, serving);
  const endpoints = await clients.vertex.endpoints();
  const name = endpointPath(clients.environment, endpoint);
  await endpoints.updateEndpoint({
    endpoint: { name, trafficSplit: { [deployedModelId]: 100 } },
    updateMask: { paths: ["traffic_split"] },
  });
  const form = requestForm(serving.serve);
  const milliseconds: number[] = [];
  for (const text of instances) {
    cancellation().throwIfAborted();
    const answer = await ask(clients, endpoint, form, text);
    const flaw = flawOf(form, answer.prediction, labels);
    if (flaw !== null) throw new UserError("SmokeTestFailed", `${modelVersion} answers wrongly: ${flaw}`);
    milliseconds.push(answer.milliseconds);
    reportProgress(`asked ${milliseconds.length} of ${instances.length}`);
  }
  return { requests: milliseconds.length, p95Milliseconds: p95(milliseconds) };
}

async function deployOrExplain(
  clients: Clients,
  endpoint: string,
  modelVersion: string,
  releaseId: string,
  serving: ServingSpec,
): Promise<string> {
  try {
    return await deploy(clients, endpoint, modelVersion, releaseId, serving);
  } catch (error) {
    if (!(error instanceof OperationFailed) || notTheModel.has(error.code)) throw error;
    throw new UserError("SmokeTestFailed", `${modelVersion} does not come up: ${error.message}`, [], error);
  }
}

async function ask(clients: Clients, endpoint: string, form: RequestForm, text: string) {
  try {
    return await predict(clients, endpoint, text, requestMilliseconds, form);
  } catch (error) {
    if (!isGrpcError(error) || (isTransientGrpc(error) && error.code !== status.INTERNAL)) throw error;
    throw new UserError("SmokeTestFailed", `the model does not answer: ${describeGrpc(error)}`, [], error);
  }
}

/** The labels that the model's own configuration names; null when it names none. */
async function labelsOf(clients: Clients, modelVersion: string): Promise<ReadonlySet<string> | null> {
  const models = await clients.vertex.models();
  const [model] = await models.getModel({ name: modelVersion });
  const text = model.artifactUri ? await clients.storage.readText(joinUri(model.artifactUri, "config.json")) : null;
  if (text === null) return null;
  const { id2label } = JSON.parse(text) as { id2label?: Record<string, string> };
  return id2label ? new Set(Object.values(id2label)) : null;
}

/** What was paid for a test is given back, whatever happened, a cancellation too. */
async function remove(clients: Clients, endpoint: string): Promise<void> {
  const deadline = Date.now() + removalMilliseconds;
  for (;;) {
    try {
      return await removeNow(clients, endpoint);
    } catch (error) {
      if (error instanceof UserError && error.code === "NotFound") return;
      // A deployment that was interrupted goes on at Vertex, and holds the endpoint until it is through.
      const passes = isGrpcError(error) && (isTransientGrpc(error) || error.code === status.FAILED_PRECONDITION);
      if (!passes || Date.now() > deadline) throw error;
      await sleep(2_000);
    }
  }
}

async function removeNow(clients: Clients, endpoint: string): Promise<void> {
  const { deployed } = await readEndpoint(clients, endpoint);
  const endpoints = await clients.vertex.endpoints();
  const name = endpointPath(clients.environment, endpoint);
  if (deployed.length > 0) {
    await endpoints.updateEndpoint({ endpoint: { name, trafficSplit: {} }, updateMask: { paths: ["traffic_split"] } });
  }
  for (const { id } of deployed) await undeploy(clients, endpoint, id, uninterrupted);
  const [operation] = await endpoints.deleteEndpoint({ name }, await operationOptions());
  await settle(operation, uninterrupted);
}
