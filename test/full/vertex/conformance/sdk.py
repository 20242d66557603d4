"""What people write with google-cloud-aiplatform, unmodified; prints what it came to as JSON."""

import json
import os
import sys
import tempfile

from google.auth.credentials import AnonymousCredentials
from google.cloud import aiplatform, storage

address, transport, template, bucket, image = sys.argv[1:]
aiplatform.init(
    project="conformance",
    location="us-central1",
    staging_bucket=f"gs://{bucket}",
    api_endpoint=address,
    api_transport=transport,
    credentials=AnonymousCredentials(),
)
result = {}

job = aiplatform.PipelineJob(display_name="sdk", template_path=template, pipeline_root=f"gs://{bucket}/sdk")
job.submit()
job.wait()
result["pipeline"] = job.state.name
result["pipeline_list"] = job.name in [one.name for one in aiplatform.PipelineJob.list(filter="display_name=sdk")]
runs = aiplatform.Context.list(filter='schema_title="system.PipelineRun"')
result["pipeline_run_context"] = job.name in [run.name for run in runs]

container = {"image_uri": image, "command": ["sh", "-c"], "args": ["true"]}
pools = [{"machine_spec": {"machine_type": "e2-standard-4"}, "replica_count": 1, "container_spec": container}]
custom = aiplatform.CustomJob(display_name="sdk", worker_pool_specs=pools)
custom.run()
result["custom_job"] = custom.state.name

script = os.path.join(tempfile.mkdtemp(), "task.py")
with open(script, "w") as file:
    file.write("print('trained')")
# Of a script it makes a package, which the job installs.
training = aiplatform.CustomTrainingJob(display_name="sdk", script_path=script, container_uri="python:3.11")
training.run(machine_type="n1-standard-4", replica_count=1)
result["training"] = training.state.name
training.delete()

server = """
const { createServer } = require("http");
createServer((request, response) => {
  if (request.url === "/health") return response.end("ok");
  let text = "";
  request.on("data", (part) => { text += part; }).on("end", () => {
    response.setHeader("content-type", "application/json");
    const double = (value) => (typeof value === "number" ? value * 2 : (value.a + value.b) * 2);
    response.end(JSON.stringify({ predictions: JSON.parse(text).instances.map(double) }));
  });
}).listen(process.env.AIP_HTTP_PORT);
"""
model = aiplatform.Model.upload(
    display_name="sdk",
    serving_container_image_uri=image,
    serving_container_command=["node", "-e"],
    serving_container_args=[server],
    serving_container_predict_route="/predict",
    serving_container_health_route="/health",
    version_aliases=["champion"],
)
result["alias"] = aiplatform.Model(f"{model.resource_name}@champion").version_id
registry = aiplatform.models.ModelRegistry(model)
aiplatform.Model.upload(
    parent_model=model.resource_name,
    is_default_version=False,
    display_name="sdk",
    serving_container_image_uri=image,
)
registry.add_version_aliases(["champion"], "2")
result["versions"] = [(one.version_id, list(one.version_aliases)) for one in registry.list_versions()]
registry.delete_version("2")
copy = model.copy(destination_location="europe-west4")
result["copy"] = copy.version_id
copy.delete()

artifacts = storage.Client(project="conformance", credentials=AnonymousCredentials()).bucket(bucket)
artifacts.blob("model/weights").upload_from_string("1 2 3")
stored = aiplatform.Model.upload(
    display_name="sdk", serving_container_image_uri=image, artifact_uri=f"gs://{bucket}/model"
)
exported = stored.export_model(export_format_id="custom-trained", artifact_destination=f"gs://{bucket}/exported")
folder = exported["artifactOutputUri"].removeprefix(f"gs://{bucket}/")
result["exported"] = artifacts.blob(f"{folder}/weights").download_as_text()
stored.delete()

artifacts.blob("instances.jsonl").upload_from_string("1\n2\n")
batch = model.batch_predict(
    job_display_name="sdk",
    gcs_source=f"gs://{bucket}/instances.jsonl",
    gcs_destination_prefix=f"gs://{bucket}/predictions",
    machine_type="n1-standard-2",
)
outputs = [blob.download_as_text() for blob in batch.iter_outputs() if "results" in blob.name]
result["batch"] = [json.loads(line)["prediction"] for output in outputs for line in output.splitlines()]
# The only kind of endpoint of which the SDK takes the address for raw predictions from the server.
endpoint = aiplatform.Endpoint.create(display_name="sdk", dedicated_endpoint_enabled=True)
endpoint.deploy(
    model,
    machine_type="n1-standard-4",
    min_replica_count=1,
    explanation_parameters=aiplatform.explain.ExplanationParameters({"sampled_shapley_attribution": {"path_count": 3}}),
    explanation_metadata=aiplatform.explain.ExplanationMetadata(inputs={"a": {}, "b": {}}, outputs={"double": {}}),
)
explained = endpoint.explain(instances=[{"a": 1, "b": 2}])
result["explain"] = dict(explained.explanations[0].attributions[0].feature_attributions)
result["predict"] = endpoint.predict(instances=[1, 2]).predictions
headers = {"content-type": "application/json"}
result["predict_raw"] = endpoint.predict(instances=[5], use_raw_predict=True).model_resource_name == model.resource_name
result["raw_predict"] = endpoint.raw_predict(body=b'{"instances": [3]}', headers=headers).json()
result["stream_raw_predict"] = b"".join(endpoint.stream_raw_predict(b'{"instances": [4]}', headers)).decode()
endpoint.undeploy_all()
endpoint.delete()
model.delete()

schedule = job.create_schedule(cron="0 0 1 1 *", display_name="sdk", max_run_count=1)
states = [schedule.state.name]
schedule.pause()
states.append(schedule.state.name)
schedule.delete()
result["schedule"] = states

data = aiplatform.Artifact.create(schema_title="system.Dataset", uri="gs://x/y", metadata={"rows": 1})
with aiplatform.start_execution(schema_title="system.ContainerExecution", display_name="sdk") as execution:
    execution.assign_input_artifacts([data])
    execution.assign_output_artifacts([aiplatform.Artifact.create(schema_title="system.Model", uri="gs://x/z")])
result["lineage"] = [len(execution.get_input_artifacts()), len(execution.get_output_artifacts())]

aiplatform.init(experiment=f"sdk-{transport}", experiment_tensorboard=False)
with aiplatform.start_run("first") as run:
    run.log_params({"rate": 0.1})
    run.log_metrics({"accuracy": 0.9})
with aiplatform.start_run("first", resume=True) as run:
    run.log_metrics({"loss": 0.2})
result["experiment"] = [run.get_params(), run.get_metrics()]
result["runs"] = [one.name for one in aiplatform.ExperimentRun.list(experiment=f"sdk-{transport}")]

print(json.dumps(result))
