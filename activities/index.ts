import type { JobActivities } from "../pipelines/jobs/activities.ts";
import type { PromoteActivities } from "../pipelines/promote/activities.ts";
import type { RetrainActivities } from "../pipelines/retrain/activities.ts";
import type { RunSpecActivities } from "../pipelines/run-spec/activities.ts";
import { type Clients, createClients } from "./clients/clients.ts";
import type { Environment } from "./clients/environment.ts";
import { createPrepareActivities } from "./dataset/prepare-data.ts";
import { createEvaluationActivities } from "./evaluation/compare-evaluations.ts";
import { withFailures } from "./failure.ts";
import { createPublishActivities } from "./hub/publish.ts";
import { createLedgerActivities } from "./ledger/ledger.ts";
import { createNotifyActivities } from "./notify/notify.ts";
import { createPreflightActivities } from "./preflight/preflight.ts";
import { createRunSpecActivities } from "./preflight/run-spec.ts";
import { createResolveActivities } from "./resolve/resolve-run.ts";
import { createJobActivities } from "./vertex/jobs.ts";
import { createPromoteActivities } from "./vertex/promote-activities.ts";

export type Activities = RetrainActivities & PromoteActivities & JobActivities & RunSpecActivities;

export interface ActivitiesOptions {
  /** Value of an environment variable that the configuration names; only secrets come that way. None by default. */
  readonly readVariable?: (name: string) => string | undefined;
}

/**
 * Every activity that our workflows need, against the services of an environment.
 * No client connects before its first use; `close` ends those that did.
 *
 * @example
 * const { activities, close } = createActivities(environment, { readVariable: (name) => process.env[name] });
 * const worker = await Worker.create({ activities, taskQueue, workflowsPath });
 */
export function createActivities(
  environment: Environment,
  { readVariable = () => undefined }: ActivitiesOptions = {},
): { activities: Activities; close: () => Promise<void> } {
  const clients = createClients(environment, readVariable);
  const activities: Activities = {
    ...createResolveActivities(clients),
    ...createPrepareActivities(clients),
    ...createPreflightActivities(clients),
    ...createRunSpecActivities(clients),
    ...createJobActivities(clients),
    ...createEvaluationActivities(clients),
    ...createLedgerActivities(clients),
    ...createPromoteActivities(clients),
    ...createPublishActivities(clients),
    ...createNotifyActivities(clients),
  };
  return { activities: withFailures(activities), close: () => clients.close() };
}

export {
  type Clients,
  createClients,
  createEvaluationActivities,
  createJobActivities,
  createLedgerActivities,
  createNotifyActivities,
  createPreflightActivities,
  createPrepareActivities,
  createPromoteActivities,
  createPublishActivities,
  createResolveActivities,
  createRunSpecActivities,
  withFailures,
};
