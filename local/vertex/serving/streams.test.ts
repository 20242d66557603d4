import { once } from "node:events";
import { dirname, join } from "node:path";
import { helpers, type protos, v1, v1beta1 } from "@google-cloud/aiplatform";
import { Client, credentials } from "@grpc/grpc-js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { nodeImage, parent, refusal, type TestVertex, testVertex } from "../testing/harness.ts";
import { loadServices } from "../wire/protos.ts";
import { gather } from "./gather.ts";

/** Over HTTP: doubles, answers in pieces, and tells of two classes. Over gRPC: an echo of bytes. */
const program = `
const grpc = require("@grpc/grpc-js");
const { createServer } = require("node:http");
createServer((request, response) => {
  if (request.url !== "/predict") return response.end("ok");
  let text = "";
  request.on("data", (part) => { text += part; }).on("end", async () => {
    const { instances, parameters = {} } = JSON.parse(text);
    if (parameters.fail) return response.writeHead(403).end("no");
    if (parameters.classes) {
      const scores = ({ a, b }) => ({ scores: [a + 2 * b, 1 - a], names: ["yes", "no"] });
      return response.end(JSON.stringify({ predictions: instances.map(scores) }));
    }
    if (!parameters.stream) return response.end(JSON.stringify({ predictions: instances.map((value) => value * 2) }));
    response.setHeader("content-type", parameters.stream);
    for (const [index, value] of instances.entries()) {
      const line = JSON.stringify({ token: value, index });
      response.write(parameters.stream === "text/event-stream" ? "data: " + line + "\\n\\n" : line + "\\n");
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    response.end(parameters.stream === "text/event-stream" ? "data: [DONE]\\n\\n" : "");
  });
}).listen(process.env.AIP_HTTP_PORT);
if (process.env.AIP_GRPC_PORT) {
  const same = (bytes) => bytes;
  const method = (name, stream) => ({
    path: "/test.Echo/" + name, requestStream: stream, responseStream: stream,
    requestSerialize: same, requestDeserialize: same, responseSerialize: same, responseDeserialize: same,
  });
  const server = new grpc.Server();
  server.addService({ Say: method("Say", false), Chat: method("Chat", true) }, {
    Say: ({ request }, answer) => String(request) === "bad"
      ? answer({ code: grpc.status.RESOURCE_EXHAUSTED, details: "too much" })
      : answer(null, Buffer.from("echo " + request)),
    Chat: (call) => call.on("data", (part) => call.write(Buffer.from("echo " + part))).on("end", () => call.end()),
  });
  server.bindAsync("127.0.0.1:" + process.env.AIP_GRPC_PORT, grpc.ServerCredentials.createInsecure(), () => undefined);
}`;

let server: TestVertex;
let prediction: v1.PredictionServiceClient;
let endpoint: string;
let bare: string;
beforeAll(async () => {
  server = await testVertex();
  prediction = new v1.PredictionServiceClient(server.client);
  [endpoint, bare] = await Promise.all([deploy(true), deploy(false)]);
});
afterAll(async () => {
  await prediction.close();
  await server.close();
});

const toValue = (json: number | object) => helpers.toValue(json as object) as protos.google.protobuf.IValue;
const baselines = (value: number) => ({ inputBaselines: [toValue(value)] });
const explanationSpec = {
  parameters: { sampledShapleyAttribution: { pathCount: 4 } },
  metadata: {
    inputs: { a: baselines(0), b: baselines(1) },
    outputs: { scores: { displayNameMappingKey: "names" } },
  },
};

/** An endpoint with one model; `whole` has a port for gRPC and can be explained. */
async function deploy(whole: boolean): Promise<string> {
  const modules = join(dirname(new URL(import.meta.resolve("@grpc/grpc-js")).pathname), "../../../..");
  const models = new v1.ModelServiceClient(server.client);
  const endpoints = new v1.EndpointServiceClient(server.client);
  const containerSpec = {
    imageUri: nodeImage.name,
    command: ["node", "-e"],
    args: [program],
    env: [{ name: "NODE_PATH", value: modules }],
    predictRoute: "/predict",
    healthRoute: "/health",
    ...(whole && { grpcPorts: [{ containerPort: 8500 }] }),
  };
  const [uploading] = await models.uploadModel({
    parent,
    model: { displayName: "streams", containerSpec, ...(whole && { explanationSpec }) },
  });
  const [{ model }] = await uploading.promise();
  const [creating] = await endpoints.createEndpoint({ parent, endpoint: { displayName: "streams" } });
  const [{ name }] = await creating.promise();
  const [deploying] = await endpoints.deployModel({
    endpoint: name ?? "",
    deployedModel: {
      model: model ?? "",
      dedicatedResources: { machineSpec: { machineType: "n1-standard-2" }, minReplicaCount: 1 },
    },
    trafficSplit: { "0": 100 },
  });
  await deploying.promise();
  await Promise.all([models.close(), endpoints.close()]);
  return name ?? "";
}

function methodNamed(name: string) {
  const found = loadServices().PredictionService[name];
  if (found === undefined) throw new Error(`${name} is not described`);
  return found;
}

const number = (value: number) => ({ intVal: [value] });
const streamed = (contentType: string) => ({ structVal: { stream: { stringVal: [contentType] } } });
const token = (value: number, index: number) => ({
  outputs: [{ structVal: { token: number(value), index: number(index) } }],
});

describe("tensors", () => {
  test("DirectPredict answers one tensor an input", async () => {
    const [answer] = await prediction.directPredict({ endpoint, inputs: [number(2), { doubleVal: [1.25] }] });
    expect(answer.outputs).toMatchObject([{ intVal: [4] }, { doubleVal: [2.5] }]);
    expect(await refusal(prediction.directPredict({ endpoint }))).toMatchObject({ code: 3 });
  });

  test.each(["application/x-ndjson", "text/event-stream"])(
    "ServerStreamingPredict passes on %s piece by piece",
    async (type) => {
      const request = { endpoint, inputs: [number(7), number(8)], parameters: streamed(type) };
      expect(await gather(prediction.serverStreamingPredict(request))).toMatchObject([token(7, 0), token(8, 1)]);
    },
  );

  test("StreamingPredict and StreamDirectPredict answer each message in turn", async () => {
    for (const stream of [prediction.streamingPredict(), prediction.streamDirectPredict()]) {
      stream.write({ endpoint, inputs: [number(1), number(2)], parameters: streamed("application/x-ndjson") });
      stream.end({ inputs: [number(3)], parameters: streamed("application/x-ndjson") });
      expect(await gather(stream)).toMatchObject([token(1, 0), token(2, 1), token(3, 0)]);
    }
  });

  test("what the model server refuses ends the stream with its code", async () => {
    const parameters = { structVal: { fail: { boolVal: [true] } } };
    // Google's client waits for seconds before it gives the error of a stream.
    const client = new Client(server.vertex.address, credentials.createInsecure());
    const { path, requestSerialize, responseDeserialize } = methodNamed("ServerStreamingPredict");
    const request = { endpoint, inputs: [number(1)], parameters };
    const stream = client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, request);
    expect(await refusal(gather(stream))).toMatchObject({ code: 7 });
    client.close();
  });

  test("by REST a stream is one array, or server-sent events", async () => {
    const ask = (query: string) =>
      fetch(`http://${server.vertex.address}/v1/${endpoint}:serverStreamingPredict${query}`, {
        method: "POST",
        body: JSON.stringify({ inputs: [number(5), number(6)], parameters: streamed("application/x-ndjson") }),
      });
    const structs = (answers: { outputs: { structVal: { token: object } }[] }[]) =>
      answers.map(({ outputs }) => outputs[0]?.structVal.token);
    expect(structs((await (await ask("")).json()) as never)).toEqual([number(5), number(6)]);
    const events = await ask("?alt=sse");
    expect(events.headers.get("content-type")).toBe("text/event-stream");
    const data = (await events.text()).split("\r\n\r\n").filter((event) => event !== "");
    expect(structs(data.map((event) => JSON.parse(event.replace(/^data: /, "")) as never))).toEqual([
      number(5),
      number(6),
    ]);
  });
});

describe("gRPC of the container", () => {
  const say = { methodName: "/test.Echo/Say" };

  test("DirectRawPredict calls the method by its name", async () => {
    const [answer] = await prediction.directRawPredict({ endpoint, ...say, input: Buffer.from("hello") });
    expect(String(answer.output)).toBe("echo hello");
    const [slash] = await prediction.directRawPredict({
      endpoint,
      methodName: "/test.Echo/Say/",
      input: Buffer.from("x"),
    });
    expect(String(slash.output)).toBe("echo x");
  });

  test("a model server's own code, a method that it hasn't, and a name that is none", async () => {
    const ask = (methodName: string, text: string) =>
      refusal(prediction.directRawPredict({ endpoint, methodName, input: Buffer.from(text) }));
    expect(await ask(say.methodName, "bad")).toMatchObject({ code: 8, message: expect.stringContaining("too much") });
    expect(await ask("/test.Echo/Sing", "x")).toMatchObject({ code: 12 });
    expect(await ask("Say", "x")).toMatchObject({ code: 3 });
  });

  test("both raw streams go both ways", async () => {
    for (const stream of [prediction.streamingRawPredict(), prediction.streamDirectRawPredict()]) {
      const heard: string[] = [];
      const answers = stream[Symbol.asyncIterator]();
      const next = async () => heard.push(String(((await answers.next()).value as { output: Buffer }).output));
      stream.write({ endpoint, methodName: "/test.Echo/Chat", input: Buffer.from("one") });
      await next();
      stream.write({ input: Buffer.from("two") });
      await next();
      stream.end();
      expect((await answers.next()).done).toBe(true);
      expect(heard).toEqual(["echo one", "echo two"]);
    }
  });

  test("a container without a port for it is not asked", async () => {
    const asked = prediction.directRawPredict({ endpoint: bare, ...say, input: Buffer.from("x") });
    expect(await refusal(asked)).toMatchObject({ code: 9, message: expect.stringContaining("grpc_ports") });
  });
});

describe("Explain", () => {
  const instances = [toValue({ a: 3, b: 4 })];
  const parameters = toValue({ classes: true });

  test("tells what each feature adds to the highest output", async () => {
    const [{ explanations, predictions }] = await prediction.explain({ endpoint, instances, parameters });
    expect(predictions).toHaveLength(1);
    expect(explanations?.[0]?.attributions).toMatchObject([
      {
        outputName: "scores",
        outputIndex: [0],
        outputDisplayName: "yes",
        baselineOutputValue: 2,
        instanceOutputValue: 11,
        approximationError: 0,
        featureAttributions: toValue({ a: 3, b: 6 }),
      },
    ]);
  });

  test("of all outputs, with other baselines, where the request says so", async () => {
    const explanationSpecOverride = { parameters: { topK: -1 }, metadata: { inputs: { a: baselines(1) } } };
    const [{ explanations }] = await prediction.explain({ endpoint, instances, parameters, explanationSpecOverride });
    expect(explanations?.[0]?.attributions).toMatchObject([
      { outputIndex: [0], featureAttributions: toValue({ a: 2, b: 6 }) },
      { outputIndex: [1], featureAttributions: toValue({ a: -2, b: 0 }) },
    ]);
  });

  test("a model without an explanation spec is not explained", async () => {
    expect(await refusal(prediction.explain({ endpoint: bare, instances }))).toMatchObject({
      code: 9,
      message: expect.stringContaining("explanation_spec"),
    });
    const integratedGradients = { parameters: { integratedGradientsAttribution: { stepCount: 3 } } };
    const other = prediction.explain({ endpoint, instances, parameters, explanationSpecOverride: integratedGradients });
    expect(await refusal(other)).toMatchObject({ code: 12 });
  });
});

test("a model of a publisher's is not here, and says so", async () => {
  const named = `${parent}/publishers/google/models/text`;
  expect(await refusal(prediction.predict({ endpoint: named, instances: [] }))).toMatchObject({ code: 12 });
});

test("the same by v1beta1", async () => {
  const beta = new v1beta1.PredictionServiceClient(server.client);
  const [answer] = await beta.directRawPredict({ endpoint, methodName: "/test.Echo/Say", input: Buffer.from("beta") });
  expect(String(answer.output)).toBe("echo beta");
  expect(
    await gather(
      beta.serverStreamingPredict({ endpoint, inputs: [number(1)], parameters: streamed("application/x-ndjson") }),
    ),
  ).toMatchObject([token(1, 0)]);
  await beta.close();
});

test("a client that goes away ends the call, and the model can be undeployed", async () => {
  const client = new Client(server.vertex.address, credentials.createInsecure());
  const { path, requestSerialize, responseDeserialize } = methodNamed("StreamingRawPredict");
  const stream = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
  const ended = refusal(gather(stream));
  stream.write({ endpoint, methodName: "/test.Echo/Chat", input: Buffer.from("one") });
  await once(stream, "metadata");
  stream.cancel();
  expect(await ended).toMatchObject({ code: 1 });
  client.close();
  // It waits until no request is under way.
  const endpoints = new v1.EndpointServiceClient(server.client);
  const [{ deployedModels }] = await endpoints.getEndpoint({ name: endpoint });
  const [undeploying] = await endpoints.undeployModel({ endpoint, deployedModelId: deployedModels?.[0]?.id ?? "" });
  await undeploying.promise();
  await endpoints.close();
});
