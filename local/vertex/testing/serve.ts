import { join } from "node:path";
import { realClock } from "../../clock.ts";
import { startVertex } from "../index.ts";
import { nodeImage } from "./image.ts";

/** A server in a process of its own, for tests that kill it: `node serve.ts FOLDER` prints its address. */
const folder = process.argv[2] ?? "";
const vertex = await startVertex({
  state: join(folder, "vertex"),
  storageRoot: join(folder, "storage"),
  images: [nodeImage],
  clock: realClock,
  log: (line) => process.stderr.write(`${line}\n`),
  settings: { killGrace: 2_000 },
  adminPort: 0,
});
process.stdout.write(
  `${JSON.stringify({ address: vertex.address, adminUrl: vertex.adminUrl, certificateAuthority: vertex.certificateAuthority })}\n`,
);
