import {
  ApplicationFailure,
  CancellationScope,
  defineQuery,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  setWorkflowOptions,
  sleep,
} from "@temporalio/workflow";
import type { CanaryStep } from "../retrain/recipe.ts";
import { milliseconds } from "../schema/duration.ts";
import { programmingErrors } from "../schema/programming-errors.ts";
import type { EndpointState, PromoteActivities, TrafficSplit } from "./activities.ts";
import { canaryFailure, canarySteps, count, nothingCounted } from "./canary.ts";
import { ReleaseLog, type ReleaseProgress } from "./release-log.ts";
import type { PromoteRequest } from "./request.ts";
import { splitFor } from "./traffic.ts";

export interface ReleaseRequest extends PromoteRequest {
  /** The same release started again finds what it did before. */
  readonly releaseId: string;
  readonly image: string;
}

export interface ReleaseResult {
  readonly endpoint: string;
  readonly modelVersion: string;
  readonly deployedModelId: string;
  readonly traffic: TrafficSplit;
}

/** What a release has done so far: its audit trail. */
export const releaseProgress = defineQuery<ReleaseProgress>("progress");

const quick = proxyActivities<PromoteActivities>({
  startToCloseTimeout: "2 minutes",
  retry: { initialInterval: "1 second", backoffCoefficient: 2, maximumInterval: "30 seconds", maximumAttempts: 10 },
});

// Copying a model, or waiting for a machine to serve it, takes minutes; a heartbeat tells that somebody still waits.
const slow = proxyActivities<PromoteActivities>({
  startToCloseTimeout: "2 hours",
  heartbeatTimeout: "1 minute",
  cancellationType: "WAIT_CANCELLATION_COMPLETED",
  retry: { initialInterval: "2 seconds", backoffCoefficient: 2, maximumInterval: "1 minute", maximumAttempts: 5 },
});

// Putting traffic back is worth any number of tries.
const undo = proxyActivities<PromoteActivities>({
  startToCloseTimeout: "30 minutes",
  heartbeatTimeout: "1 minute",
  retry: { initialInterval: "1 second", backoffCoefficient: 2, maximumInterval: "1 minute" },
});

/**
 * One model onto one endpoint, as a saga: register → smoke-test → deploy at 0 % → canary steps → 100 % →
 * retire the old ones after a cool-down. A failure or a cancellation at any step puts the traffic back as it was.
 * Started only as `releaseWorkflowId(endpoint)`, which is the lock: never two releases at once on a target.
 */
export async function release(request: ReleaseRequest): Promise<ReleaseResult> {
  const { target, releaseId } = request;
  const log = new ReleaseLog(target.endpoint, setCurrentDetails);
  setHandler(releaseProgress, () => log.progress());

  const modelVersion = await register(request);
  log.add(`registered as ${modelVersion}`);

  const before = await quick.ensureEndpoint({ endpoint: target.endpoint });
  log.traffic(before.traffic);
  const serve = request.serve && { serve: request.serve };
  const serving = { image: request.image, machine: target.machine, replicas: target.replicas, ...serve };
  const instances = await quick.sampleInstances({ dataUri: request.dataUri ?? null, count: 32 });

  const smoke = await slow.smokeTest.executeWithOptions({ summary: "serve it apart, and ask it" }, [
    { modelVersion, releaseId, serving, instances },
  ]);
  log.add(`smoke test passed: ${smoke.requests} requests, p95 ${Math.round(smoke.p95Milliseconds)} ms`);

  let candidate: string | null = null;
  try {
    const deployed = await slow.deployModel.executeWithOptions({ summary: "deploy at 0 %" }, [
      { endpoint: before.endpoint, modelVersion, releaseId, serving },
    ]);
    candidate = deployed.deployedModelId;
    log.add("deployed at 0 %");

    const others = withoutKey(before.traffic, candidate);
    const somethingServes = Object.keys(others).length > 0;
    for (const step of canarySteps(target, somethingServes)) {
      await takeStep(step, others, candidate);
    }
    await shift(others, candidate, 100);
    // Until this is over the old models stay deployed, so that going back takes a moment.
    if (somethingServes) await sleep(milliseconds(target.cooldown), { summary: `cool-down of ${target.cooldown}` });
  } catch (error) {
    await CancellationScope.nonCancellable(() => putBack(candidate));
    throw error;
  }
  // From here on there is no way back: what served before goes.
  const deployedModelId = candidate;
  await CancellationScope.nonCancellable(() => retireOthers(deployedModelId));
  return { endpoint: before.endpoint, modelVersion, deployedModelId, traffic: { [deployedModelId]: 100 } };

  async function takeStep(step: CanaryStep, others: TrafficSplit, id: string): Promise<void> {
    await shift(others, id, step.percent);
    const bake = milliseconds(step.bake);
    const looks = 5;
    let counted = nothingCounted;
    for (let look = 1; look <= looks; look++) {
      await sleep(bake / looks, { summary: `bake at ${step.percent} %, ${look} of ${looks}` });
      const report = await quick.probeEndpoint.executeWithOptions({ summary: `probe at ${step.percent} %` }, [
        { endpoint: before.endpoint, instances, ...serve },
      ]);
      counted = count(counted, report, id);
      const failure = canaryFailure(target, counted);
      if (failure) {
        throw ApplicationFailure.nonRetryable(`The canary failed at ${step.percent} %: ${failure}.`, "CanaryFailed");
      }
    }
    log.add(`baked at ${step.percent} % for ${step.bake}: ${counted.requests} requests, ${counted.errors} errors`);
  }

  async function shift(others: TrafficSplit, id: string, percent: number): Promise<EndpointState> {
    const state = await quick.setTraffic.executeWithOptions({ summary: `${percent} % to the new model` }, [
      { endpoint: before.endpoint, traffic: splitFor(others, id, percent) },
    ]);
    log.traffic(state.traffic);
    log.add(`${state.traffic[id] ?? 0} % to the new model`);
    return state;
  }

  async function retireOthers(id: string): Promise<void> {
    for (const old of before.deployed) {
      if (old.id === id) continue;
      await undo.undeployModel.executeWithOptions({ summary: `retire ${old.modelVersion}` }, [
        { endpoint: before.endpoint, deployedModelId: old.id },
      ]);
      log.add(`retired ${old.modelVersion}`);
    }
  }

  async function putBack(id: string | null): Promise<void> {
    const state = await undo.setTraffic.executeWithOptions({ summary: "put the traffic back" }, [
      { endpoint: before.endpoint, traffic: before.traffic },
    ]);
    log.traffic(state.traffic);
    log.add("traffic put back");
    // A deployment that a cancellation interrupted may be there all the same, under this release's id.
    const left = id ?? (await undo.findDeployed({ endpoint: before.endpoint, releaseId })).deployedModelId;
    if (left && !before.deployed.some((old) => old.id === left)) {
      await undo.undeployModel({ endpoint: before.endpoint, deployedModelId: left });
      log.add("undeployed the new model");
    }
  }
}
setWorkflowOptions({ failureExceptionTypes: programmingErrors }, release);

async function register(request: ReleaseRequest): Promise<string> {
  const { model, target, image, serve, releaseId, labels = {} } = request;
  if (model.from === "registry")
    return (await quick.readModelVersion({ modelVersion: model.modelVersion })).modelVersion;
  const artifactUri =
    model.from === "storage"
      ? model.uri
      : (await slow.mirrorHubModel({ repo: model.repo, revision: model.revision })).artifactUri;
  const registered = await slow.registerModel.executeWithOptions({ summary: "register the version" }, [
    { modelId: target.endpoint, artifactUri, image, ...(serve && { serve }), releaseId, labels },
  ]);
  return registered.modelVersion;
}

function withoutKey(split: TrafficSplit, key: string): TrafficSplit {
  return Object.fromEntries(Object.entries(split).filter(([id]) => id !== key));
}
