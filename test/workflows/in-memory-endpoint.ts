import { ApplicationFailure } from "@temporalio/common";
import type { EndpointState, PromoteActivities, TrafficSplit } from "../../pipelines/promote/activities.ts";
import { isValidSplit } from "../../pipelines/promote/traffic.ts";

/** An endpoint as data, so that every step of a release can be made to fail in a few milliseconds. */
export class InMemoryEndpoint {
  traffic: TrafficSplit;
  deployed: EndpointState["deployed"];
  alias: string | null = null;
  readonly splits: TrafficSplit[] = [];
  /** The activity that fails, and how often it works before it does. */
  failing: { readonly name: string; readonly after: number } | null = null;
  /** Called at each activity, with its name and how often it ran before. */
  onCall: (name: string, calls: number) => void = () => {};
  probeErrors = 0;
  readonly #calls = new Map<string, number>();

  constructor(serving: boolean) {
    this.traffic = serving ? { old: 100 } : {};
    this.deployed = serving ? [{ id: "old", model: "m", modelVersion: "m@1" }] : [];
    this.splits.push(this.traffic);
  }

  readonly state = (): EndpointState => ({ endpoint: "endpoints/1", traffic: this.traffic, deployed: this.deployed });

  activities(): Partial<PromoteActivities> {
    const act =
      <Input, Output>(name: string, work: (input: Input) => Output) =>
      async (input: Input): Promise<Output> => {
        const calls = this.#calls.get(name) ?? 0;
        this.#calls.set(name, calls + 1);
        if (this.failing?.name === name && this.failing.after === calls) {
          throw ApplicationFailure.nonRetryable(`${name} fails`, "Injected");
        }
        const output = work(input);
        this.onCall(name, calls);
        return output;
      };
    return {
      parsePromoteRequest: act("parsePromoteRequest", ({ request }) => request as never),
      registerModel: act("registerModel", () => ({ modelVersion: "m@2" })),
      ensureEndpoint: act("ensureEndpoint", this.state),
      readEndpoint: act("readEndpoint", this.state),
      sampleInstances: act("sampleInstances", () => ["one", "two"]),
      smokeTest: act("smokeTest", () => ({ requests: 2, p95Milliseconds: 1 })),
      deployModel: act("deployModel", () => {
        if (!this.deployed.some(({ id }) => id === "new")) {
          this.deployed = [...this.deployed, { id: "new", model: "m", modelVersion: "m@2" }];
        }
        return { deployedModelId: "new" };
      }),
      findDeployed: act("findDeployed", () => ({
        deployedModelId: this.deployed.some(({ id }) => id === "new") ? "new" : null,
      })),
      setTraffic: act("setTraffic", ({ traffic }) => {
        const unknown = Object.keys(traffic).filter((id) => !this.deployed.some((model) => model.id === id));
        if (!isValidSplit(traffic) || unknown.length > 0) {
          throw ApplicationFailure.nonRetryable(JSON.stringify(traffic), "InvalidTraffic");
        }
        this.traffic = traffic;
        this.splits.push(traffic);
        return this.state();
      }),
      undeployModel: act("undeployModel", ({ deployedModelId }) => {
        if (this.traffic[deployedModelId]) throw ApplicationFailure.nonRetryable(deployedModelId, "HasTraffic");
        this.deployed = this.deployed.filter(({ id }) => id !== deployedModelId);
      }),
      probeEndpoint: act("probeEndpoint", () => ({
        byDeployedModel: { new: { requests: 10, errors: this.probeErrors, p95Milliseconds: 5 } },
        unattributedErrors: 0,
      })),
      moveAlias: act("moveAlias", ({ modelVersion }) => {
        this.alias = modelVersion;
      }),
    } satisfies Partial<PromoteActivities>;
  }
}
