import { existsSync, globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import {
  compile,
  container,
  customJob,
  Dataset,
  double,
  exitHandler,
  importer,
  int,
  list,
  Model,
  parallelFor,
  pipeline,
  string,
  taskFinalStatus,
  tpu,
  when,
} from "../index.ts";
import type { PipelineSpec } from "../ir/types.ts";
import { readYaml } from "../load/read-yaml.ts";
import type { DiagramNode } from "./diagram/diagram.ts";
import { toDiagram } from "./diagram/to-diagram.ts";
import { FlowError, printSource, readFlow } from "./flow/index.ts";
import { toHtml, toMermaid, toSvg } from "./index.ts";
import { type Box, layOut } from "./svg/layout.ts";
import { fitted, textWidth } from "./svg/text-width.ts";

const train = container("train", {
  image: "registry/acme/trainer@sha256:aa",
  inputs: { data: Dataset, rate: double(), epochs: int({ default: 3 }) },
  outputs: { model: Model, accuracy: double() },
  args: ({ inputs, outputs }) => [
    inputs.data.path,
    inputs.rate,
    inputs.epochs,
    outputs.model.path,
    outputs.accuracy.path,
  ],
});
const tell = container("tell", { image: "tell", inputs: { text: string() }, args: ({ inputs }) => [inputs.text] });
const clean = container("clean", {
  image: "clean",
  inputs: { status: taskFinalStatus() },
  args: ({ inputs }) => [inputs.status],
});
const inner = pipeline("inner", { inputs: { data: Dataset, rate: double() } }, ({ data, rate }) => {
  const trained = train({ data, rate }).cpu("4").memory("16G").retry({ count: 2 });
  return { accuracy: trained.accuracy, model: trained.model };
});

const { spec } = compile(
  pipeline(
    "whole",
    { inputs: { uri: string(), rates: list({ items: double(), default: [0.1] }) } },
    ({ uri, rates }) => {
      exitHandler(clean({}), () => {
        const data = importer(Dataset, { uri }).named("data");
        const judged = inner({ data, rate: 0.5 });
        parallelFor(
          rates,
          (rate) => void train({ data, rate }).runOn(customJob({ hardware: tpu("v5e", "2x4"), strategy: "spot" })),
          {
            parallelism: 2,
          },
        );
        when(judged.accuracy.atLeast(0.9), () => {
          tell({ text: `good: ${judged.accuracy}` }).named("praise");
          return {};
        })
          .elseWhen(judged.accuracy.atLeast(0.5), () => {
            tell({ text: "so so" });
            return {};
          })
          .otherwise(() => {
            tell({ text: "bad" });
            return {};
          });
      });
    },
  ),
);

/** The tree of a diagram, as indented lines. */
function outline(nodes: readonly DiagramNode[], margin = ""): readonly string[] {
  return nodes.flatMap((node) => {
    if (node.kind === "pill") return [`${margin}(${node.title}: ${node.type})`];
    if (node.kind === "cluster")
      return [`${margin}${node.keyword} ${node.label}`.trimEnd(), ...outline(node.nodes, `${margin}  `)];
    return [`${margin}[${node.runs}] ${[node.title, ...node.lines, ...node.badges].join(" / ")}`];
  });
}

test("a diagram has the author's loops, branches, pipelines and exit handlers, and says what runs on what", () => {
  expect(outline(toDiagram(readFlow(spec)).nodes).toSorted()).toEqual(
    [
      "[container] clean / clean / always",
      "then always clean",
      "  [importer] data / Dataset",
      "  pipeline inner",
      "    [container] train / trainer / 4 CPU · 16G / retry 2",
      "  for each rates, 2 at a time",
      "    [custom-job] train / trainer / ct5lp-hightpu-8t 2x4 · spot",
      "  one of",
      "    if inner.accuracy ≥ 0.9",
      "      [container] praise / tell",
      "    else if inner.accuracy ≥ 0.5",
      "      [container] tell / tell",
      "    else",
      "      [container] tell-2 / tell",
    ].sort(),
  );
});

test("edges go from where a value is made to where it is taken, through all that is between", () => {
  const flow = readFlow(spec);
  const title = (path: string) => flow.byPath.get(path)?.title ?? path;
  const edges = toDiagram(flow).edges.map(
    ({ from, to, kind, name, type }) => `${title(from)} → ${title(to)} ${kind} ${name} ${type}`,
  );
  expect(edges).toContain("data → train artifact artifact Dataset");
  expect(edges).toContain("train → praise parameter accuracy null");
  expect(edges.filter((edge) => edge.startsWith("exit-handler-1 → clean"))).toEqual([
    "exit-handler-1 → clean exit final status null",
  ]);
});

test("what an input takes is told in the author's words", () => {
  const flow = readFlow(spec);
  const inputs = [...flow.byPath.values()].flatMap(({ inputs: own }) =>
    Object.values(own).map((source) => printSource(source, flow)),
  );
  expect(inputs).toEqual(
    expect.arrayContaining([
      "uri",
      "rates[i]",
      "data.artifact",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what people read.
      '"good: ${inner.accuracy}"',
      "how the guarded tasks ended",
      "0.5",
    ]),
  );
});

test("a component that contains itself is an error, not an endless loop", () => {
  const dag = { tasks: { again: { componentRef: { name: "comp" } } } };
  const ring: PipelineSpec = { root: { dag }, components: { comp: { dag } } };
  expect(() => readFlow(ring)).toThrow(FlowError);
  expect(() => readFlow(ring)).toThrow(expect.objectContaining({ code: "endless" }));
});

test("names cannot break out of a page, a picture or Mermaid", async () => {
  const nasty = `</script><img src=x onerror="alert(1)">`;
  const one = compile(
    pipeline("nasty", { description: nasty }, () => void tell({ text: nasty }).displayName(`"${nasty}]`)),
  ).spec;
  for (const drawn of [await toHtml(one), await toSvg(one), toMermaid(one)]) {
    expect(drawn).not.toContain("<img");
    expect(drawn.split("</script>").length).toBeLessThanOrEqual(3);
  }
});

test("texts are cut to their room", () => {
  const cut = fitted("a-very-long-name-of-a-component-that-nobody-reads", 12, 150);
  expect(textWidth(cut, 12)).toBeLessThanOrEqual(150);
  expect(cut).toContain("…");
  expect(fitted("short", 12, 150)).toBe("short");
});

const folder = fileURLToPath(new URL("../../../shared/kfp/golden", import.meta.url));

describe.skipIf(!existsSync(folder))("of the reference specs", () => {
  test.each(globSync("**/*.yaml", { cwd: folder }).sort())(
    "%s is drawn without anything above another",
    async (file) => {
      const [document] = readYaml(readFileSync(`${folder}/${file}`, "utf8")) as [PipelineSpec];
      const diagram = toDiagram(readFlow(document));
      const { boxes, routes } = await layOut(diagram);
      check(diagram.nodes, null);
      for (const { segment, points } of routes) {
        expect(onBorder(points.at(0), boxOf(segment.from.node)), `${segment.from.node} →`).toBe(true);
        expect(onBorder(points.at(-1), boxOf(segment.to.node)), `→ ${segment.to.node}`).toBe(true);
      }
      const ended = new Set(routes.filter(({ segment }) => segment.arrives).flatMap(({ segment }) => segment.edges));
      expect(ended.size).toBe(diagram.edges.length);
      expect(toMermaid(document)).not.toContain("undefined");

      function check(nodes: readonly DiagramNode[], around: Box | null): void {
        for (const [index, node] of nodes.entries()) {
          const box = boxOf(node.id);
          if (around !== null) expect(isInside(box, around), `${node.id} is in what is around it`).toBe(true);
          for (const other of nodes.slice(index + 1)) {
            expect(overlap(box, boxOf(other.id)), `${node.id} and ${other.id}`).toBe(false);
          }
          if (node.kind === "cluster") check(node.nodes, box);
        }
      }

      function boxOf(id: string): Box {
        const box = boxes.get(id);
        if (box === undefined) throw new Error(`${id} has no place`);
        return box;
      }
    },
  );
});

function isInside(inner: Box, outer: Box): boolean {
  return (
    inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.width <= outer.x + outer.width + 0.01 &&
    inner.y + inner.height <= outer.y + outer.height + 0.01
  );
}

function overlap(one: Box, other: Box): boolean {
  return (
    one.x < other.x + other.width &&
    other.x < one.x + one.width &&
    one.y < other.y + other.height &&
    other.y < one.y + one.height
  );
}

function onBorder(point: { readonly x: number; readonly y: number } | undefined, box: Box): boolean {
  if (point === undefined) return false;
  const near = (one: number, other: number) => Math.abs(one - other) < 1;
  return (
    near(point.y, box.y) ||
    near(point.y, box.y + box.height) ||
    near(point.x, box.x) ||
    near(point.x, box.x + box.width)
  );
}
