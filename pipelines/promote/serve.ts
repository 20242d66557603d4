import { type Static, Type } from "typebox";
import { oneOfByValue } from "../schema/one-of.ts";

const closed = { additionalProperties: false } as const;
const Words = Type.Array(Type.String({ minLength: 1 }), { minItems: 1 });
const Route = Type.String({ pattern: "^/", description: "Begins with a slash." });

/** https://github.com/huggingface/Google-Cloud-Containers/blob/main/docs/source/containers/available.mdx */
const teiImage = "us-docker.pkg.dev/deeplearning-platform-release/gcr.io/huggingface-text-embeddings-inference-cpu.1-6";

/** Which container serves a model; each is asked in its own form. */
export const ServeSchema = oneOfByValue("container", {
  trainer: Type.Object({ container: Type.Literal("trainer") }, closed),
  vllm: Type.Object(
    {
      container: Type.Literal("vllm"),
      image: Type.String({
        minLength: 1,
        default: "us-docker.pkg.dev/vertex-ai/vertex-vision-model-garden-dockers/pytorch-vllm-serve:20251205_0916_RC01",
        description: "Google's vLLM for Vertex AI.",
      }),
      args: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { description: "Of vLLM, beside our own." })),
    },
    closed,
  ),
  tei: Type.Object(
    {
      container: Type.Literal("tei"),
      image: Type.String({
        minLength: 1,
        default: teiImage,
        description: "Hugging Face's Text Embeddings Inference for Google Cloud.",
      }),
      args: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { description: "Of TEI, beside our own." })),
    },
    closed,
  ),
  custom: Type.Object(
    {
      container: Type.Literal("custom"),
      image: Type.String({ minLength: 1, description: "A container that answers as docs/trainer-contract.md says." }),
      command: Type.Optional(Words),
      args: Type.Optional(Type.Array(Type.String())),
      predictRoute: Type.Optional(Route),
      healthRoute: Type.Optional(Route),
      port: Type.Integer({ minimum: 1, maximum: 65_535, default: 8080 }),
    },
    closed,
  ),
});
export type Serve = Static<typeof ServeSchema>;
const requestForms = ["trainer", "vllm", "tei"] as const;
export type RequestForm = (typeof requestForms)[number];

export function isRequestForm(text: string | null | undefined): text is RequestForm {
  return requestForms.some((form) => form === text);
}

/** How the container is asked. */
export function requestForm(serve: Serve | undefined): RequestForm {
  return serve?.container === "vllm" || serve?.container === "tei" ? serve.container : "trainer";
}

/** What the registry is told of a model's container: `Model.containerSpec`. */
export interface ContainerSettings {
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly ports: readonly { readonly containerPort: number }[];
  readonly predictRoute?: string;
  readonly healthRoute?: string;
}

const trainerCommand = ["python", "-m", "trainer"] as const;

/**
 * Vertex puts the model's files where `AIP_STORAGE_URI` says, asks on these routes, and expands `$(NAME)` in arguments.
 * https://cloud.google.com/vertex-ai/docs/reference/rest/v1/ModelContainerSpec
 *
 * @param trainer the trainer's command before its verb.
 */
export function containerSettings(
  serve: Serve | undefined,
  trainer: readonly string[] = trainerCommand,
): ContainerSettings {
  const ports = [{ containerPort: 8080 }];
  switch (serve?.container) {
    case undefined:
    case "trainer":
      return { command: [...trainer, "serve"], ports, predictRoute: "/predict", healthRoute: "/health" };
    case "vllm":
      // As arguments: the image's own entry point stays, as in what Model Garden deploys.
      // https://docs.cloud.google.com/vertex-ai/generative-ai/docs/model-garden/deploy-and-inference-tutorial
      return {
        args: [
          ...["python", "-m", "vllm.entrypoints.api_server"],
          "--host=0.0.0.0",
          "--port=$(AIP_HTTP_PORT)",
          "--model=$(AIP_STORAGE_URI)",
          "--disable-log-stats",
          ...(serve.args ?? []),
        ],
        ports,
        predictRoute: "/generate",
        healthRoute: "/ping",
      };
    case "tei":
      // Its entry point fetches AIP_STORAGE_URI. Vertex's own routes are left: TEI adds them to those that it has, and
      // ends where they are the same, such as /predict and /health.
      // https://github.com/huggingface/Google-Cloud-Containers/tree/main/containers/tei
      return { args: ["--json-output", "--port=$(AIP_HTTP_PORT)", ...(serve.args ?? [])], ports };
    case "custom":
      return {
        ...(serve.command && { command: serve.command }),
        ...(serve.args && { args: serve.args }),
        ports: [{ containerPort: serve.port }],
        predictRoute: serve.predictRoute ?? "/predict",
        healthRoute: serve.healthRoute ?? "/health",
      };
  }
}

/** What a container serves, by `model_type` of config.json. */
export function servedModelTypes({
  container,
  image,
}: Extract<Serve, { container: "vllm" | "tei" }>): readonly string[] {
  if (container === "vllm") return vllmModelTypes;
  return image === teiImage ? teiModelTypes : [...teiModelTypes, ...newerTeiModelTypes];
}

// https://docs.vllm.ai/en/latest/models/supported_models.html
const vllmModelTypes = [
  ...["falcon", "gemma", "gemma2", "gemma3_text", "gpt2", "gpt_neox", "granite", "llama", "mistral", "mixtral"],
  ...["olmo2", "opt", "phi", "phi3", "qwen2", "qwen2_moe", "qwen3", "qwen3_moe", "starcoder2"],
] as const;

// Those with a classifier's head in TEI 1.6.
// https://github.com/huggingface/text-embeddings-inference/blob/v1.6.0/backends/candle/src/lib.rs
const teiModelTypes = ["bert", "camembert", "roberta", "xlm-roberta"] as const;

// TEI 1.7 added two, 1.9 the third. https://github.com/huggingface/text-embeddings-inference/pull/459
const newerTeiModelTypes = ["distilbert", "modernbert", "deberta-v2"] as const;
