import { container, pipeline, string } from "../../specs/index.ts";

const echo = container("echo", {
  image: "alpine",
  inputs: { text: string() },
  outputs: { out: string() },
  command: ["sh", "-c", 'echo "$0" > "$1"'],
  args: ({ inputs, outputs }) => [inputs.text, outputs.out.path],
});

export const hello = pipeline("hello", { inputs: { name: string() } }, ({ name }) => {
  echo({ text: name });
});
