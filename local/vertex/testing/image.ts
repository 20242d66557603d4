import { dirname } from "node:path";
import type { LocalImage } from "../../images.ts";

/** An image whose only program is this Node. */
export const nodeImage: LocalImage = {
  name: "example.com/node",
  path: [dirname(process.execPath)],
  workingDirectory: "/",
  environment: {},
  digestOf: ["package.json"],
  root: "/",
};
