/** Copies the benchmark's model from the Hub to Cloud Storage: `node bench/transfer/ours.ts HUB_URL STORAGE_URL`. */
import { createStorageClient } from "../../activities/clients/storage.ts";
import { Hub } from "../../activities/hub/hub.ts";
import { mirrorModel } from "../../activities/hub/mirror.ts";
import { ObjectStore } from "../../activities/storage/object-store.ts";

const [hubUrl = "", storageUrl = ""] = process.argv.slice(2);
const storage = { endpoint: storageUrl, anonymous: true };
const clients = {
  environment: { bucket: "retemper" },
  hub: new Hub({ url: hubUrl, tokenVariable: null }, () => undefined),
  storage: new ObjectStore(createStorageClient({ project: "retemper", storage })),
};
const repo = await clients.hub.pin("model", "bench/model", "main");
const folder = await mirrorModel(clients, repo, () => {});
console.log(JSON.stringify({ uri: `${folder}/model.safetensors`, peakBytes: process.resourceUsage().maxRSS * 1024 }));
// Connections that are kept would hold the process for a while.
process.exit(0);
