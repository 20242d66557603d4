import { container, pipeline, string } from "../../specs/index.ts";

/** The pipelines that are compiled, here as in `peer.py`. */

const echo = step("echo");

export const hello = pipeline("hello", { inputs: { name: string() } }, ({ name }) => {
  echo({ text: name });
});

/** A component for each task. */
export const components28 = pipeline("components-28", { inputs: { text: string() } }, ({ text }) => {
  let last = text;
  for (let index = 0; index < 28; index++) last = step(`step-${index}`)({ text: last }).out;
});

/** One component, each task after the one before. */
export function chain(tasks: number) {
  return pipeline("chain", { inputs: { text: string() } }, ({ text }) => {
    let last = text;
    for (let index = 0; index < tasks; index++) last = echo({ text: last }).out;
  });
}

export const chain500 = chain(500);
export const chain1000 = chain(1000);
export const chain2000 = chain(2000);

function step(name: string) {
  return container(name, {
    image: "alpine",
    inputs: { text: string() },
    outputs: { out: string() },
    command: ["sh", "-c", 'echo "$0" > "$1"'],
    args: ({ inputs, outputs }) => [inputs.text, outputs.out.path],
  });
}
