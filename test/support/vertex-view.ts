import { setTimeout as sleep } from "node:timers/promises";
import { type Clients, createActivities } from "../../activities/index.ts";
import type { EndpointState, TrafficSplit } from "../../pipelines/promote/activities.ts";

/** What Vertex says of itself, through Google's own clients. */
export class VertexView {
  readonly #clients: Clients;
  readonly #location: string;

  constructor(clients: Clients) {
    this.#clients = clients;
    const { project, location } = clients.environment;
    this.#location = `projects/${project}/locations/${location}`;
  }

  async predict(endpoint: string, text: string): Promise<{ label: string; modelVersion: string }> {
    const predictions = await this.#clients.vertex.predictions();
    const name = `${this.#location}/endpoints/${endpoint}`;
    const [answer] = await predictions.predict({ endpoint: name, instances: [{ stringValue: text }] });
    const label = answer.predictions?.[0]?.structValue?.fields?.["label"]?.stringValue ?? "";
    return { label, modelVersion: `${answer.model}@${answer.modelVersionId}` };
  }

  endpoint(name: string): Promise<EndpointState> {
    return createActivities(this.#clients.environment).activities.readEndpoint({ endpoint: name });
  }

  /** Ids of every endpoint that there is, a smoke test's own among them. */
  async endpoints(): Promise<string[]> {
    const endpoints = await this.#clients.vertex.endpoints();
    const [found] = await endpoints.listEndpoints({ parent: this.#location });
    return found.map(({ name }) => name?.slice(name.lastIndexOf("/") + 1) ?? "").sort();
  }

  /** Name → state of every CustomJob that was ever made. */
  async customJobs(): Promise<Record<string, string>> {
    const jobs = await this.#clients.vertex.jobs();
    const [found] = await jobs.listCustomJobs({ parent: this.#location });
    return Object.fromEntries(found.map((job) => [job.name ?? "", String(job.state)]));
  }

  /** Name → state of every PipelineJob that was ever made. */
  async pipelineJobs(): Promise<Record<string, string>> {
    const pipelines = await this.#clients.vertex.pipelines();
    const [found] = await pipelines.listPipelineJobs({ parent: this.#location });
    return Object.fromEntries(found.map((job) => [job.name ?? "", String(job.state)]));
  }

  async aliasedVersion(model: string, alias: string): Promise<string> {
    const models = await this.#clients.vertex.models();
    const name = `${this.#location}/models/${model}`;
    const [found] = await models.getModel({ name: `${name}@${alias}` });
    return `${name}@${found.versionId}`;
  }

  untilACustomJobRuns(): Promise<void> {
    return until(async () => Object.values(await this.customJobs()).includes("JOB_STATE_RUNNING"));
  }

  untilTraffic(endpoint: string, wanted: (split: TrafficSplit) => boolean): Promise<void> {
    return until(async () => wanted((await this.endpoint(endpoint)).traffic));
  }
}

/** Looks until it is so; the test's own time limit ends it. */
export async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(100);
}
