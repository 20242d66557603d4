import { parseAllDocuments } from "yaml";
import type { RunSpecActivities } from "../../pipelines/run-spec/activities.ts";
import { validateRunSpecRequest } from "../../pipelines/run-spec/validate.ts";
import type { Clients } from "../clients/clients.ts";
import { UserError } from "../errors.ts";
import { requireSpec, storeSpec } from "./store-spec.ts";

export function createRunSpecActivities(clients: Clients): RunSpecActivities {
  return {
    async parseRunSpecRequest({ request }) {
      const parsed = validateRunSpecRequest(request);
      if (parsed.ok) return parsed.value;
      throw new UserError("InvalidRequest", "the request breaks its schema", parsed.problems);
    },

    async readSpec({ uri }) {
      return storeSpec(clients, requireSpec(parseDocument(await clients.storage.readExisting(uri), uri), uri));
    },
  };
}

/** The spec is the first document; a second one, of Kubernetes options, is for open-source Kubeflow only. */
function parseDocument(text: string, uri: string): unknown {
  const documents = parseAllDocuments(text);
  const errors = "errors" in documents ? [] : documents.flatMap((document) => document.errors);
  const [first] = "errors" in documents ? [] : documents;
  if (first === undefined || errors.length > 0) {
    throw new UserError(
      "InvalidSpec",
      `${uri} is neither JSON nor YAML`,
      errors.map(({ message }) => ({ path: "", message })),
    );
  }
  return first.toJS();
}
