import { runBatchPrediction } from "./batch-prediction.ts";
import type { ComponentRun } from "./component.ts";
import { runCustomJobComponent } from "./custom-job.ts";
import { createEndpoint, deleteEndpoint, deployModel, undeployModel } from "./endpoints.ts";
import { importModelEvaluation } from "./evaluation.ts";
import { runHyperparameterTuning } from "./hyperparameter-tuning.ts";
import type { GoogleComponent } from "./launcher.ts";
import { deleteModel, getModel, uploadModel } from "./models.ts";

export { ComponentRun } from "./component.ts";
export { runCustomJob } from "./custom-job.ts";
export { googleComponentOf, LauncherOptions } from "./launcher.ts";

const components: Readonly<Record<GoogleComponent, (run: ComponentRun) => Promise<void>>> = {
  "custom-job": runCustomJobComponent,
  "upload-model": uploadModel,
  "get-model": getModel,
  "delete-model": deleteModel,
  "create-endpoint": createEndpoint,
  "delete-endpoint": deleteEndpoint,
  "deploy-model": deployModel,
  "undeploy-model": undeployModel,
  "batch-prediction-job": runBatchPrediction,
  "hyperparameter-tuning-job": runHyperparameterTuning,
  "import-model-evaluation": importModelEvaluation,
};

/** Does what the component's container would do, by the methods of this server; throws what that failed with. */
export async function runGoogleComponent(component: GoogleComponent, run: ComponentRun): Promise<void> {
  if (component !== "custom-job") run.execution.onRunning();
  await components[component](run);
}
