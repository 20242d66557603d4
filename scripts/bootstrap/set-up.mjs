import { ensureBenchPeer } from "./bench-peer.mjs";
import { Checklist } from "./checklist.mjs";
import { ensureDependencies } from "./dependencies.mjs";
import { ensureKfp } from "./kfp.mjs";
import { ensureLibtpu } from "./libtpu.mjs";
import { FULL_VENV, VENV } from "./paths.mjs";
import { findPython } from "./python.mjs";
import { ensureSeedModel } from "./seed-model.mjs";
import { ensureTemporal } from "./temporal.mjs";
import { ensureTrainer } from "./trainer.mjs";
import { ensureUv } from "./uv.mjs";

/** @typedef {"dependencies" | "trainer" | "judges" | "kfp" | "temporal" | "model" | "libtpu" | "transfer-peer" | "prepare-peer" | "near-duplicates-peer"} Part */

const JUDGES = "trainer/tests/full/requirements.txt";

/**
 * Brings the parts that a command needs, all at the same time; each looks first whether it is there.
 * Waits for all of them even when one fails, so that every problem shows at once.
 *
 * @param {readonly Part[]} parts
 * @returns {Promise<{ temporal?: string, model?: string, libtpu?: string }>} paths of what was asked for
 */
export async function setUp(parts, list = new Checklist()) {
  const python = once(() => findPython());
  const uv = once(async () => {
    const found = await python();
    return list.run("uv", (working) => ensureUv(found, working));
  });
  const found = {};
  const steps = {
    dependencies: () => list.run("npm packages", (working) => ensureDependencies(working)),
    trainer: () =>
      list.run("Python packages", async (working) => ensureTrainer({ folder: VENV }, await python(), uv, working)),
    judges: () =>
      list.run("Judges", async (working) =>
        ensureTrainer({ folder: FULL_VENV, more: JUDGES }, await python(), uv, working),
      ),
    kfp: () => list.run("Python SDK", async (working) => ensureKfp(await python(), uv, working)),
    "transfer-peer": () =>
      list.run("Python's clients", async (working) => ensureBenchPeer("transfer", await python(), uv, working)),
    libtpu: async () => {
      found.libtpu = await list.run("TPU compiler", async (working) => ensureLibtpu(await python(), uv, working));
    },
    "prepare-peer": () =>
      list.run("Python's datasets", async (working) => ensureBenchPeer("prepare", await python(), uv, working)),
    "near-duplicates-peer": () =>
      list.run("Python's datatrove", async (working) =>
        ensureBenchPeer("near-duplicates", await python(), uv, working),
      ),
    temporal: async () => {
      found.temporal = await list.run("Temporal server", (working) => ensureTemporal(python, working));
    },
    model: async () => {
      found.model = await list.run("Seed model", (working) => ensureSeedModel(python, working));
    },
  };
  const results = await Promise.allSettled(parts.map((part) => steps[part]()));
  const problems = results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
  if (problems.length > 0) throw new AggregateError([...new Set(problems)], "The set-up is not complete.");
  return found;
}

/** @template T @param {() => Promise<T>} make @returns {() => Promise<T>} */
function once(make) {
  /** @type {Promise<T> | undefined} */
  let made;
  return () => {
    made ??= make();
    return made;
  };
}
