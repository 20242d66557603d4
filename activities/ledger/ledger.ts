import type { LedgerActivities } from "../../pipelines/retrain/activities.ts";
import type { DecisionRecord } from "../../pipelines/retrain/run.ts";
import type { Clients } from "../clients/clients.ts";
import { warn } from "../progress.ts";

/** The decision already taken for these pins. */
export async function readDecision(
  clients: Clients,
  recipe: string,
  pinsDigest: string,
): Promise<DecisionRecord | null> {
  const text = await clients.storage.readText(decisionUri(clients, recipe, pinsDigest));
  return text === null ? null : (JSON.parse(text) as DecisionRecord);
}

/** The decision on which a version of the model came to be; the newest, where it was decided again. */
export async function decisionOf(
  { storage, environment }: Pick<Clients, "storage" | "environment">,
  recipe: string,
  modelVersion: string,
): Promise<DecisionRecord | null> {
  let found: DecisionRecord | null = null;
  for (const { uri } of await storage.list(`gs://${environment.bucket}/decisions/${recipe}`)) {
    const text = await storage.readText(uri);
    const record = text === null ? null : (JSON.parse(text) as DecisionRecord);
    if (record?.modelVersion === modelVersion && record.decidedAt > (found?.decidedAt ?? "")) found = record;
  }
  return found;
}

export function createLedgerActivities(clients: Clients): LedgerActivities {
  return {
    async recordDecision({ pinsDigest, record, force }) {
      const recipe = record.pins.recipe.name;
      const uri = decisionUri(clients, recipe, pinsDigest);
      const text = `${JSON.stringify(record, null, 2)}\n`;
      const options = { contentType: "application/json" };
      while (!(await clients.storage.writeText(uri, text, { ...options, ifGenerationMatch: 0 }))) {
        const there = await clients.storage.stat(uri);
        const earlier = await readDecision(clients, recipe, pinsDigest);
        if (there === null || earlier === null) continue;
        if (earlier.workflowId === record.workflowId) return;
        if (!force) {
          // Two runs of the same pins, side by side: the first decision stands, and the next run will name it.
          warn("another run has already decided for these pins", { uri, workflowId: earlier.workflowId });
          return;
        }
        if (await clients.storage.writeText(uri, text, { ...options, ifGenerationMatch: there.generation })) return;
      }
    },
  };
}

function decisionUri({ environment }: Clients, recipe: string, pinsDigest: string): string {
  return `gs://${environment.bucket}/decisions/${recipe}/${pinsDigest}.json`;
}
