import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { pathToFileURL } from "node:url";
import type { ListFileEntry } from "@huggingface/hub";
import type { PublishActivities } from "../../pipelines/retrain/activities.ts";
import { type Metrics, shownMetrics } from "../../pipelines/retrain/evaluation.ts";
import type { Clients } from "../clients/clients.ts";
import { cancellation, whileAlive } from "../progress.ts";
import { joinUri } from "../storage/object-uri.ts";
import { inTemporaryFolder } from "../temporary.ts";
import type { PinnedRepo } from "./hub.ts";
import { modelCard } from "./model-card.ts";

type PublishInput = Parameters<PublishActivities["publishModel"]>[0];

/** A file to be in the repo. */
interface Content {
  readonly path: string;
  readonly source: { readonly file: string } | { readonly text: string };
}

/** Files of the trainer's folder that are no part of a model. */
const notPublished = /(^|\/)(mirror\.json|progress\.json|executor_output\.json)$/;

export function createPublishActivities(clients: Clients): PublishActivities {
  return {
    publishModel(input) {
      let step = `publishing to ${input.repo}`;
      return whileAlive(
        () => step,
        () =>
          inTemporaryFolder(async (folder) => {
            await clients.hub.ensureModel(input.repo, input.private);
            const contents = await collect(clients, input, folder, (next) => {
              step = next;
            });
            step = `committing ${contents.length} files to ${input.repo}`;
            const head = await clients.hub.pin("model", input.repo, "main");
            const changed = await filterChanged(contents, await clients.hub.files(head));
            const commit = changed.length === 0 ? head.revision : await commitFiles(clients, input, head, changed);
            return { url: clients.hub.page("model", input.repo), commit };
          }),
      );
    },
  };
}

/** The model's files, downloaded, with its card and its evaluation. */
async function collect(
  { storage }: Clients,
  input: PublishInput,
  folder: string,
  onProgress: (step: string) => void,
): Promise<Content[]> {
  const prefix = joinUri(input.candidate.modelUri, "");
  const objects = (await storage.list(input.candidate.modelUri)).filter(({ uri }) => !notPublished.test(uri));
  const files: Content[] = [];
  for (const { uri } of objects) {
    const path = uri.slice(prefix.length);
    // A placeholder that consoles make for an empty folder.
    if (path === "" || path.endsWith("/")) continue;
    onProgress(`fetching ${path}`);
    const file = join(folder, path);
    await storage.download(uri, file, cancellation());
    files.push({ path, source: { file } });
  }
  const evaluation = await storage.readExisting(input.candidate.evaluationUri);
  return [
    ...files.filter(({ path }) => path !== "README.md" && path !== "evaluation.json"),
    { path: "README.md", source: { text: modelCard(input) } },
    { path: "evaluation.json", source: { text: evaluation } },
  ];
}

async function commitFiles(
  { hub }: Clients,
  input: PublishInput,
  head: PinnedRepo,
  contents: readonly Content[],
): Promise<string> {
  const operations = contents.map(({ path, source }) => ({
    operation: "addOrUpdate" as const,
    path,
    content: "file" in source ? pathToFileURL(source.file) : new Blob([source.text]),
  }));
  const title = `${input.recipe.name}: ${input.decision} (${measure(input.comparison.candidate.metrics)})`;
  const description = `Retrained by the run ${input.workflowId}; registered as ${input.modelVersion}.`;
  return hub.commit(input.repo, title, description, operations, head.revision);
}

/** The metric that people ask for first. */
function measure(metrics: Metrics): string {
  const [first] = shownMetrics(metrics);
  if (first?.[0] === "accuracy") return `${(100 * first[2]).toFixed(1)} % accuracy`;
  return first ? `${first[1]} ${first[2].toFixed(3)}` : "";
}

/** Without the files that the repo has with the very same content. */
async function filterChanged(contents: readonly Content[], there: readonly ListFileEntry[]): Promise<Content[]> {
  const entries = new Map(there.map((entry) => [entry.path, entry]));
  const changed: Content[] = [];
  for (const content of contents) {
    const entry = entries.get(content.path);
    const expected = (entry?.lfs?.oid ?? entry?.oid)?.replace(/^sha256:/, "");
    if (expected === undefined || (await contentId(content, expected.length)) !== expected) changed.push(content);
  }
  return changed;
}

/** As the Hub names a content: by sha256 for a large file, by git's blob id for a small one. */
async function contentId({ source }: Content, length: number): Promise<string> {
  const hash = createHash(length === 64 ? "sha256" : "sha1");
  const bytes = "file" in source ? (await stat(source.file)).size : Buffer.byteLength(source.text);
  if (length !== 64) hash.update(`blob ${bytes}\0`);
  if ("file" in source) await pipeline(createReadStream(source.file), hash);
  else hash.update(source.text);
  return hash.digest("hex");
}
