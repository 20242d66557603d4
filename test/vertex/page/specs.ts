import {
  constant,
  input,
  inputArtifact,
  outputArtifact,
  type Program,
  parameters,
  pipelineSpec,
  task,
  text,
} from "../../../local/vertex/testing/specs.ts";
import type { JsonObject } from "../../../local/vertex/wire/json.ts";

/** Says line by line what a test writes into its script, a file of the bucket; ends when that says so. */
const actor: Program = {
  program: `
    const fs = require('fs');
    const [, script, out] = process.argv;
    let said = 0;
    const poll = setInterval(() => {
      const lines = fs.existsSync(script) ? fs.readFileSync(script, 'utf8').split('\\n').slice(0, -1) : [];
      for (; said < lines.length; said++) {
        if (lines[said] === 'fail') { console.error('the disk is full'); process.exit(3); }
        if (lines[said] === 'end') { fs.writeFileSync(out, 'done'); clearInterval(poll); return; }
        console.log(lines[said]);
      }
    }, 20);`,
  args: ["/gcs/bucket/scripts/{{$.inputs.parameters['value']}}", "{{$.outputs.parameters['out'].output_file}}"],
  inputDefinitions: { parameters: { value: text } },
  outputDefinitions: { parameters: { out: text } },
};

/** `first`, then one `each` for every item, then `last`; each does what its script, `SCRIPTS-NAME`, says. */
export function actors(scripts: string, items: readonly string[]): JsonObject {
  const item = "pipelinechannel--items-loop-item";
  const scriptOf = (name: string) => `${scripts}-${name}`;
  return pipelineSpec({
    name: "actors",
    programs: { actor },
    components: {
      "comp-for-loop-1": {
        inputDefinitions: { parameters: { [item]: text } },
        dag: { tasks: { each: { ...task("actor", parameters({ value: input(item) })), taskInfo: { name: "each" } } } },
      },
    },
    root: {
      inputDefinitions: { parameters: { note: { parameterType: "STRING", defaultValue: "" } } },
      dag: {
        tasks: {
          first: named("first", task("actor", parameters({ value: constant(scriptOf("first")) }))),
          "for-loop-1": {
            componentRef: { name: "comp-for-loop-1" },
            taskInfo: { name: "for-loop-1" },
            dependentTasks: ["first"],
            parameterIterator: { itemInput: item, items: { raw: JSON.stringify(items.map(scriptOf)) } },
            iteratorPolicy: { parallelismLimit: 1 },
          },
          last: {
            ...named("last", task("actor", parameters({ value: constant(scriptOf("last")) }))),
            dependentTasks: ["for-loop-1"],
          },
        },
      },
    },
  });
}

const artifact = (schemaTitle: string) => ({ artifactType: { schemaTitle, schemaVersion: "0.0.1" } });

export interface Report {
  readonly html: string;
  readonly markdown: string;
}

/** One task, `evaluate`, that leaves metrics as the SDK writes them, a report and a summary. */
export function evaluation({ html, markdown }: Report): JsonObject {
  const metadata = {
    classification: {
      confusionMatrix: {
        annotationSpecs: [{ displayName: "cat" }, { displayName: "dog" }],
        rows: [{ row: [18, 2] }, { row: [3, 17] }],
      },
      confidenceMetrics: [
        { confidenceThreshold: 0.9, recall: 0.8, falsePositiveRate: 0.1 },
        { confidenceThreshold: 0.5, recall: 1, falsePositiveRate: 0.5 },
      ],
    },
    metrics: { accuracy: 0.875 },
  };
  const executorOutput = {
    artifacts: Object.fromEntries(
      Object.entries(metadata).map(([name, values]) => [name, { artifacts: [{ metadata: values }] }]),
    ),
  };
  const files = { report: html, summary: markdown, predictions: '{"cat":[1,2]}' };
  const evaluate: Program = {
    program: `
      const fs = require('fs');
      const [, given, ...paths] = process.argv;
      fs.writeFileSync(JSON.parse(given).outputs.outputFile, ${JSON.stringify(JSON.stringify(executorOutput))});
      for (const [index, content] of ${JSON.stringify(Object.values(files))}.entries()) fs.writeFileSync(paths[index], content);`,
    args: ["{{$}}", ...Object.keys(files).map((name) => `{{$.outputs.artifacts['${name}'].path}}`)],
    outputDefinitions: {
      artifacts: {
        classification: artifact("system.ClassificationMetrics"),
        metrics: artifact("system.Metrics"),
        report: artifact("system.HTML"),
        summary: artifact("system.Markdown"),
        predictions: artifact("system.Dataset"),
      },
    },
  };
  return pipelineSpec({
    name: "evaluation",
    programs: { evaluate },
    root: { dag: { tasks: { evaluate: task("evaluate") } } },
  });
}

/** One task, `talk`, that writes lines of a hundred bytes. */
export function talkative(lines: number): JsonObject {
  const talk: Program = {
    program: `
      const fs = require('fs');
      let text = '';
      for (let line = 0; line < ${lines}; line++) {
        text += ('line ' + line + ' ').padEnd(99, '.') + '\\n';
        if (text.length > 1e6) { fs.writeSync(1, text); text = ''; }
      }
      fs.writeSync(1, text);`,
  };
  return pipelineSpec({ name: "talkative", programs: { talk }, root: { dag: { tasks: { talk: task("talk") } } } });
}

/** `prepare`, then a pipeline inside, `inner`, with one task `train`. */
export function modelling(): JsonObject {
  const data = artifact("system.Dataset");
  const prepare: Program = {
    program: `
      const fs = require('fs');
      fs.mkdirSync(process.argv[1], { recursive: true });
      fs.writeFileSync(process.argv[1] + '/rows.csv', 'id,text\\n1,"a, ""quoted"" word"\\n2,"two\\nlines"\\n');`,
    args: ["{{$.outputs.artifacts['data'].path}}"],
    outputDefinitions: { artifacts: { data } },
  };
  const train: Program = {
    program: "require('fs').writeFileSync(process.argv[1], 'weights')",
    args: ["{{$.outputs.artifacts['model'].path}}"],
    inputDefinitions: { artifacts: { data } },
    outputDefinitions: { artifacts: { model: artifact("system.Model") } },
  };
  return pipelineSpec({
    name: "modelling",
    programs: { prepare, train },
    components: {
      inner: {
        inputDefinitions: { artifacts: { data } },
        dag: { tasks: { train: task("train", { inputs: { artifacts: { data: inputArtifact("data") } } }) } },
      },
    },
    root: {
      dag: {
        tasks: {
          prepare: task("prepare"),
          inner: task("inner", {
            dependentTasks: ["prepare"],
            inputs: { artifacts: { data: outputArtifact("prepare", "data") } },
          }),
        },
      },
    },
  });
}

/** One task, `measure`, that finds the accuracy that it is given. */
export function measuring(): JsonObject {
  const measure: Program = {
    program: `
      const [, given, text] = process.argv;
      const accuracy = Number(text);
      const curves = { confidenceMetrics: [{ confidenceThreshold: 0.5, recall: accuracy, falsePositiveRate: 0.2 }] };
      const artifacts = {
        metrics: { artifacts: [{ metadata: { accuracy } }] },
        curves: { artifacts: [{ metadata: curves }] },
      };
      require('fs').writeFileSync(JSON.parse(given).outputs.outputFile, JSON.stringify({ artifacts }));`,
    args: ["{{$}}", "{{$.inputs.parameters['accuracy']}}"],
    inputDefinitions: { parameters: { accuracy: { parameterType: "NUMBER_DOUBLE" } } },
    outputDefinitions: {
      artifacts: { metrics: artifact("system.Metrics"), curves: artifact("system.ClassificationMetrics") },
    },
  };
  return pipelineSpec({
    name: "measuring",
    programs: { measure },
    root: {
      inputDefinitions: { parameters: { accuracy: { parameterType: "NUMBER_DOUBLE" }, kind: text } },
      dag: { tasks: { measure: task("measure", parameters({ accuracy: input("accuracy") })) } },
    },
  });
}

function named(name: string, spec: object): object {
  return { ...spec, taskInfo: { name } };
}
