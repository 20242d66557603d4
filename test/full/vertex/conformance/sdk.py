"""What people write with google-cloud-aiplatform, unmodified; prints what it came to as JSON."""

import json
import sys

from google.auth.credentials import AnonymousCredentials
from google.cloud import aiplatform

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

server = """
const { createServer } = require("http");
createServer((request, response) => {
  if (request.url === "/health") return response.end("ok");
  let text = "";
  request.on("data", (part) => { text += part; }).on("end", () => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ predictions: JSON.parse(text).instances.map((value) => value * 2) }));
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
# The only kind of endpoint of which the SDK takes the address for raw predictions from the server.
endpoint = aiplatform.Endpoint.create(display_name="sdk", dedicated_endpoint_enabled=True)
endpoint.deploy(model, machine_type="n1-standard-4", min_replica_count=1)
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

print(json.dumps(result))
