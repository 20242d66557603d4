/** `retemper …`: everything that a person does from a terminal. */
import { defineCommand, runMain } from "citty";

const main = defineCommand({
  meta: { name: "retemper", description: "Durable retraining of Hugging Face models." },
  subCommands: {
    start: () => import("./commands/start.ts").then((module) => module.start),
    run: () => import("./commands/run.ts").then((module) => module.run),
    preflight: () => import("./commands/preflight.ts").then((module) => module.preflight),
    contract: () => import("./commands/contract.ts").then((module) => module.contract),
    try: () => import("./commands/try.ts").then((module) => module.tryModel),
    status: () => import("./commands/status.ts").then((module) => module.status),
    approve: () => import("./commands/vote.ts").then((module) => module.approve),
    reject: () => import("./commands/vote.ts").then((module) => module.reject),
    predict: () => import("./commands/predict.ts").then((module) => module.predict),
    demo: () => import("./commands/demo.ts").then((module) => module.demo),
    compile: () => import("./commands/compile.ts").then((module) => module.compile),
    validate: () => import("./commands/validate.ts").then((module) => module.validate),
    codegen: () => import("./commands/codegen.ts").then((module) => module.codegen),
    graph: () => import("./commands/graph.ts").then((module) => module.graph),
    diff: () => import("./commands/diff.ts").then((module) => module.diff),
    dev: () => import("./commands/dev.ts").then((module) => module.dev),
    local: () => import("./commands/local.ts").then((module) => module.local),
    rerun: () => import("./commands/rerun.ts").then((module) => module.rerun),
    pull: () => import("./commands/pull.ts").then((module) => module.pull),
  },
});

await runMain(main);
