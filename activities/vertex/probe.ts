import type { ProbeReport, PromoteActivities } from "../../pipelines/promote/activities.ts";
import { type RequestForm, requestForm } from "../../pipelines/promote/serve.ts";
import type { Clients } from "../clients/clients.ts";
import { whileAlive } from "../progress.ts";
import { p95, predict } from "./predict.ts";
import { flawOf } from "./request-form.ts";
import { isGrpcError } from "./status.ts";

/** A probe lasts no longer, however slow the endpoint is. */
const probeMilliseconds = 30_000;
const requestMilliseconds = 10_000;
const requestsAtOnce = 4;

interface Count {
  requests: number;
  errors: number;
  readonly milliseconds: number[];
}

export function createProbeActivities(clients: Clients): Pick<PromoteActivities, "probeEndpoint"> {
  return {
    probeEndpoint: ({ endpoint, instances, serve }) =>
      whileAlive(
        () => `probing ${endpoint}`,
        () => probe(clients, endpoint, instances, requestForm(serve)),
      ),
  };
}

/** Sends each text once, several at a time, and counts by the deployed model that answered. */
async function probe(
  clients: Clients,
  endpoint: string,
  instances: readonly string[],
  form: RequestForm,
): Promise<ProbeReport> {
  const deadline = Date.now() + probeMilliseconds;
  const waiting = [...instances];
  const counts = new Map<string, Count>();
  let unattributedErrors = 0;
  const worker = async (): Promise<void> => {
    for (let text = waiting.shift(); text !== undefined && Date.now() < deadline; text = waiting.shift()) {
      try {
        const { deployedModelId, milliseconds, prediction } = await predict(
          clients,
          endpoint,
          text,
          requestMilliseconds,
          form,
        );
        const count = counts.get(deployedModelId) ?? { requests: 0, errors: 0, milliseconds: [] };
        counts.set(deployedModelId, count);
        count.requests++;
        count.milliseconds.push(milliseconds);
        if (flawOf(form, prediction, null) !== null) count.errors++;
      } catch (error) {
        // Vertex does not say which deployed model an error came from.
        if (!isGrpcError(error)) throw error;
        unattributedErrors++;
      }
    }
  };
  await Promise.all(Array.from({ length: requestsAtOnce }, worker));
  const byDeployedModel = Object.fromEntries(
    [...counts].map(([id, { requests, errors, milliseconds }]) => [
      id,
      { requests, errors, p95Milliseconds: p95(milliseconds) },
    ]),
  );
  return { byDeployedModel, unattributedErrors };
}
