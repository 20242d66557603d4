import fc from "fast-check";
import { expect, test } from "vitest";
import { when } from "../../specs/index.ts";
import * as k8s from "../../specs/kubernetes/index.ts";
import { compiled, type Given, isThere, judge, make, parts, use } from "./kubernetes-judge.ts";

/** Any options in any order, with values from anywhere, in both languages: the same documents. */

const seed = Number(process.env["RETEMPER_SEED"] ?? 4);
const pipelines = 300;

/** Where a value comes from: known now, the pipeline's input, or a task's output. */
type Source<Value> = { readonly from: "now"; readonly value: Value } | { readonly from: "input" | "task" };

interface Values extends Given {
  readonly made: ReturnType<typeof make>;
}

/** An option in both languages. */
interface Twin {
  readonly kind: string;
  /** Takes a value of the run, and gives way to a later one of its kind. */
  readonly passing?: boolean;
  readonly python: string;
  readonly option: (values: Values) => k8s.KubernetesOption;
}

const word = fc.constantFrom("alpha", "beta", "gamma", "delta");
const path = word.map((name) => `/${name}`);
const quantity = fc.constantFrom("1Gi", "500Mi", "0.5Ti", "7G");
const map = fc.dictionary(word, word, { minKeys: 1, maxKeys: 3, noNullPrototype: true });
const count = fc.integer({ min: 0, max: 100_000 });

function source<Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Source<Value>> {
  return fc.oneof(
    value.map((known) => ({ from: "now" as const, value: known })),
    fc.constantFrom({ from: "input" as const }, { from: "task" as const }),
  );
}

const text = source(word);
const labels = source(map);

function textOf(given: Source<string>, { name, made }: Values): k8s.Text {
  return given.from === "now" ? given.value : given.from === "input" ? name : made.outputs.name;
}

function labelsOf(given: Source<Record<string, string>>, { labels, made }: Values) {
  return given.from === "now" ? given.value : given.from === "input" ? labels : made.outputs.labels;
}

function written(given: Source<unknown>, parameter: "name" | "labels" | "several"): string {
  if (given.from === "now") return literal(given.value);
  return given.from === "input" ? parameter : `made.outputs["${parameter}"]`;
}

/** As Python writes it. */
function literal(value: unknown): string {
  if (value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([key, inner]) => `${JSON.stringify(key)}: ${literal(inner)}`)
    .join(", ")}}`;
}

function call(name: string, given: readonly string[]): string {
  return `kubernetes.${name}(task, ${given.join(", ")})`;
}

const requirement: fc.Arbitrary<k8s.NodeRequirement> = fc.oneof(
  fc.record({
    key: word,
    operator: fc.constantFrom("In" as const, "NotIn" as const),
    values: fc.array(word, { minLength: 1, maxLength: 2 }),
  }),
  fc.record({ key: word, operator: fc.constantFrom("Exists" as const, "DoesNotExist" as const) }),
  fc.record({
    key: word,
    operator: fc.constantFrom("Gt" as const, "Lt" as const),
    values: fc.constant(["8"] as const),
  }),
);

const tolerated: fc.Arbitrary<k8s.Toleration> = fc.oneof(
  fc.record({ key: word, value: word, effect: fc.constantFrom("NoSchedule" as const, "PreferNoSchedule" as const) }),
  fc.record({ operator: fc.constant("Exists" as const) }),
  fc.record({
    key: word,
    operator: fc.constant("Exists" as const),
    effect: fc.constant("NoExecute" as const),
    tolerationSeconds: count,
  }),
);

const twins: readonly fc.Arbitrary<Twin>[] = [
  fc.record({ name: text, keys: map, optional: fc.boolean() }).map(({ name, keys, optional }) => ({
    kind: "secretAsEnv",
    python: call("use_secret_as_env", [written(name, "name"), literal(keys), literal(optional)]),
    option: (values) => k8s.secretAsEnv({ secretName: textOf(name, values), keyToEnv: keys, optional }),
  })),
  fc.record({ name: text, mountPath: path, optional: fc.boolean() }).map(({ name, mountPath, optional }) => ({
    kind: "secretAsVolume",
    python: call("use_secret_as_volume", [written(name, "name"), literal(mountPath), literal(optional)]),
    option: (values) => k8s.secretAsVolume({ secretName: textOf(name, values), mountPath, optional }),
  })),
  fc.record({ name: text, keys: map, optional: fc.boolean() }).map(({ name, keys, optional }) => ({
    kind: "configMapAsEnv",
    python: call("use_config_map_as_env", [written(name, "name"), literal(keys), literal(optional)]),
    option: (values) => k8s.configMapAsEnv({ configMapName: textOf(name, values), keyToEnv: keys, optional }),
  })),
  fc.record({ name: text, mountPath: path, optional: fc.boolean() }).map(({ name, mountPath, optional }) => ({
    kind: "configMapAsVolume",
    python: call("use_config_map_as_volume", [written(name, "name"), literal(mountPath), literal(optional)]),
    option: (values) => k8s.configMapAsVolume({ configMapName: textOf(name, values), mountPath, optional }),
  })),
  fc
    .record({ name: text, mountPath: path, subPath: fc.constantFrom("", "in/it") })
    .map(({ name, mountPath, subPath }) => ({
      kind: "pvcMount",
      python: call("mount_pvc", [written(name, "name"), literal(mountPath), literal(subPath)]),
      option: (values) => k8s.pvcMount({ pvcName: textOf(name, values), mountPath, subPath }),
    })),
  fc
    .record({
      volumeName: word,
      mountPath: path,
      size: quantity,
      accessModes: fc.subarray(["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany"] as const, { minLength: 1 }),
    })
    .chain((volume) =>
      fc
        .record({ storageClassName: fc.constantFrom("", "fast"), labels: map, annotations: map }, { requiredKeys: [] })
        .map((more) => ({
          kind: "ephemeralVolume",
          python: call("add_ephemeral_volume", [
            ...[volume.volumeName, volume.mountPath, volume.accessModes, volume.size].map(literal),
            ...[more.storageClassName, more.labels, more.annotations].map(literal),
          ]),
          option: () => k8s.ephemeralVolume({ ...volume, ...more }),
        })),
    ),
  fc
    .record(
      { volumeName: word, mountPath: path, medium: fc.constant("Memory" as const), sizeLimit: quantity },
      { requiredKeys: ["volumeName", "mountPath"] },
    )
    .map((volume) => ({
      kind: "emptyDirMount",
      python: call(
        "empty_dir_mount",
        [volume.volumeName, volume.mountPath, volume.medium, volume.sizeLimit].map(literal),
      ),
      option: () => k8s.emptyDirMount(volume),
    })),
  fc.tuple(word, word).map(([key, value]) => ({
    kind: "nodeSelector",
    python: call("add_node_selector", [literal(key), literal(value)]),
    option: () => k8s.nodeSelector({ [key]: value }),
  })),
  labels.map((given) => ({
    kind: "nodeSelectorJson",
    passing: given.from !== "now",
    python: call("add_node_selector_json", [written(given, "labels")]),
    option: (values) => k8s.nodeSelectorJson(labelsOf(given, values)),
  })),
  fc
    .tuple(
      fc.array(requirement, { minLength: 1, maxLength: 2 }),
      fc.boolean(),
      fc.option(fc.integer({ min: 1, max: 100 }), { nil: undefined }),
    )
    .map(([requirements, onFields, weight]) => ({
      kind: "nodeAffinity",
      python: call("add_node_affinity", [
        `${onFields ? "match_fields" : "match_expressions"}=${literal(requirements)}`,
        `weight=${literal(weight)}`,
      ]),
      option: () =>
        k8s.nodeAffinity({
          [onFields ? "matchFields" : "matchExpressions"]: requirements,
          ...(weight !== undefined && { weight }),
        }),
    })),
  source(
    requirement.map(
      (each): k8s.NodeAffinity => ({
        requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [each] }] },
      }),
    ),
  ).map((given) => ({
    kind: "nodeAffinityJson",
    passing: given.from !== "now",
    python: call("add_node_affinity_json", [written(given, "labels")]),
    option: (values) => k8s.nodeAffinityJson(given.from === "now" ? given.value : labelsOf(given, values)),
  })),
  tolerated.map((given) => ({
    kind: "toleration",
    python: call(
      "add_toleration",
      [given.key, given.operator, given.value, given.effect, given.tolerationSeconds].map(literal),
    ),
    option: () => k8s.toleration(given),
  })),
  source(fc.array(tolerated, { minLength: 1, maxLength: 2 })).map((given) => ({
    kind: "tolerationJson",
    python: call("add_toleration_json", [
      given.from === "now"
        ? literal(
            given.value.map(({ tolerationSeconds, ...each }) => ({ ...each, toleration_seconds: tolerationSeconds })),
          )
        : written(given, "several"),
    ]),
    option: ({ several, made }) =>
      k8s.tolerationJson(given.from === "now" ? given.value : given.from === "input" ? several : made.outputs.several),
  })),
  fc.tuple(word, word).map(([key, value]) => ({
    kind: "podLabels",
    python: call("add_pod_label", [literal(key), literal(value)]),
    option: () => k8s.podLabels({ [key]: value }),
  })),
  fc.tuple(word, word).map(([key, value]) => ({
    kind: "podAnnotations",
    python: call("add_pod_annotation", [literal(key), literal(value)]),
    option: () => k8s.podAnnotations({ [key]: value }),
  })),
  fc.constantFrom("Always" as const, "IfNotPresent" as const, "Never" as const).map((policy) => ({
    kind: "imagePullPolicy",
    python: call("set_image_pull_policy", [literal(policy)]),
    option: () => k8s.imagePullPolicy(policy),
  })),
  fc.tuple(text, text).map(([one, other]) => ({
    kind: "imagePullSecrets",
    python: call("set_image_pull_secrets", [`[${written(one, "name")}, ${written(other, "name")}]`]),
    option: (values) => k8s.imagePullSecrets(textOf(one, values), textOf(other, values)),
  })),
  fc.tuple(word, word).map(([name, fieldPath]) => ({
    kind: "fieldPathAsEnv",
    python: call("use_field_path_as_env", [literal(name), literal(fieldPath)]),
    option: () => k8s.fieldPathAsEnv({ name, fieldPath }),
  })),
  fc.constantFrom(0, 1, 3600).map((seconds) => ({
    kind: "timeout",
    python: call("set_timeout", [literal(seconds)]),
    option: () => k8s.timeout(seconds),
  })),
  fc
    .record({ runAsUser: count, runAsGroup: count, runAsNonRoot: fc.boolean() }, { requiredKeys: [] })
    .filter((context) => Object.keys(context).length > 0)
    .map((context) => ({
      kind: "securityContext",
      python: call("set_security_context", [context.runAsUser, context.runAsGroup, context.runAsNonRoot].map(literal)),
      option: () => k8s.securityContext(context),
    })),
];

test.runIf(isThere)(
  `${pipelines} pipelines with random options`,
  async () => {
    const options = fc.array(fc.oneof(...twins), { minLength: 1, maxLength: 8 }).map(withoutReplaced);
    const chosen = fc.record({ options, inside: fc.boolean() });
    const drawn = fc.sample(chosen, { numRuns: pipelines, seed });
    const bodies = drawn.map(({ options, inside }) => {
      const lines = ["task = use()", ...options.map(({ python }) => python)];
      const last = inside ? ['with dsl.If(name == "a"):', ...lines.map((line) => `    ${line}`)] : lines;
      return ["made = make()", ...last].join("\n");
    });
    const judged = await judge(bodies.map((body) => ({ body, config: "None" })));
    const counts: Record<string, number> = {};
    for (const [index, { options, inside }] of drawn.entries()) {
      for (const { kind } of options) counts[kind] = (counts[kind] ?? 0) + 1;
      const mine = compiled((given) => {
        const values = { ...given, made: make() };
        const tell = () => void use().kubernetes(...options.map(({ option }) => option(values)));
        if (inside) when(given.name.equals("a"), tell);
        else tell();
      });
      expect(mine, `seed ${seed}, pipeline ${index}:\n${bodies[index]}\n${judged[index]?.error}`).toEqual(
        parts(judged[index]?.documents ?? []),
      );
    }
    console.info(`Options, by how often they occurred: ${JSON.stringify(counts)}`);
    expect(Object.keys(counts).length).toBe(twins.length);
  },
  120_000,
);

/** kfp still passes a value to a task whose options no longer name it; the language does not. */
function withoutReplaced(options: readonly Twin[]): readonly Twin[] {
  return options.filter(
    ({ kind, passing }, index) => !passing || !options.slice(index + 1).some((later) => later.kind === kind),
  );
}
