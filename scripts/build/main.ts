/**
 * Makes the npm package: `npm run build` writes it to `dist/`, ready for `npm pack ./dist`.
 *
 * In the checkout everything runs from its sources, so that nothing need be built; in `node_modules` Node takes no
 * TypeScript. So the package is another folder with another manifest, and not this one with a build in it.
 */
import { parseArgs } from "node:util";
import { buildPackage, checkout } from "./build-package.ts";

const { values } = parseArgs({ options: { out: { type: "string", default: `${checkout}/dist` } } });
const begin = performance.now();
const { files, bytes } = await buildPackage(values.out);
const seconds = ((performance.now() - begin) / 1000).toFixed(1);
process.stdout.write(`${values.out}: ${files} files, ${(bytes / 2 ** 20).toFixed(1)} MiB (${seconds} s)\n`);
