/** Mirrors a model in a process of its own, which a test kills: `HUB_URL STORAGE_URL MODEL BUCKET`. */
import { mirrorModel } from "../../activities/hub/mirror.ts";
import { testClients, testEnvironment } from "./environment.ts";

const [hub = "", storage = "", model = "", bucket = ""] = process.argv.slice(2);
const clients = testClients({ ...testEnvironment({ hub, storage }), bucket });
await mirrorModel(clients, await clients.hub.pin("model", model, "main"), (step) => console.log(step));
process.exit(0);
