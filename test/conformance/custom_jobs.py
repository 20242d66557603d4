"""Components as CustomJobs, by Google's `create_custom_training_job_from_component`: see custom-jobs.ts."""

import json
import sys

from google.protobuf import json_format
from google_cloud_pipeline_components.v1.custom_job import create_custom_training_job_from_component as custom_job
from kfp import dsl
from kfp.dsl import Dataset, Input, Model, Output


@dsl.container_component
def train(data: Input[Dataset], epochs: int, model: Output[Model], loss: dsl.OutputPath(float), note: str = "none"):
    return dsl.ContainerSpec(
        image="trainer:1",
        command=["python", "-m", "trainer"],
        args=["--data", data.path, "--epochs", epochs, "--model", model.path, "--loss", loss, note, "{{$}}"],
    )


@dsl.pipeline(name="plain")
def plain(uri: str):
    data = dsl.importer(artifact_uri=uri, artifact_class=Dataset)
    custom_job(train, display_name="train")(data=data.output, epochs=3)


@dsl.pipeline(name="everything")
def everything(uri: str, account: str) -> Model:
    data = dsl.importer(artifact_uri=uri, artifact_class=Dataset)
    job = custom_job(
        train,
        display_name="Fine-tune",
        replica_count=4,
        machine_type="a3-highgpu-8g",
        accelerator_type="NVIDIA_H100_80GB",
        accelerator_count=8,
        boot_disk_type="hyperdisk-balanced",
        boot_disk_size_gb=500,
        timeout="3600s",
        restart_job_on_worker_restart=True,
        network="projects/1/global/networks/default",
        encryption_spec_key_name="projects/p/locations/l/keyRings/r/cryptoKeys/k",
        tensorboard="projects/p/locations/l/tensorboards/1",
        enable_web_access=True,
        reserved_ip_ranges=["range"],
        nfs_mounts=[{"server": "10.0.0.1", "path": "/a", "mount_point": "/mnt/nfs/a"}],
        base_output_directory="gs://bucket/out",
        labels={"team": "a"},
        persistent_resource_id="kept",
        env=[{"name": "LOG", "value": "debug"}],
        strategy="FLEX_START",
        max_wait_duration="7200s",
        reservation_affinity_type="SPECIFIC_RESERVATION",
        reservation_affinity_key="compute.googleapis.com/reservation-name",
        reservation_affinity_values=["projects/p/zones/z/reservations/r"],
    )(data=data.output, epochs=3, service_account=account)
    job.set_retry(num_retries=1)
    job.set_display_name("on eight GPUs")
    return job.outputs["model"]


@dsl.pipeline(name="in-a-loop")
def in_a_loop(uri: str):
    data = dsl.importer(artifact_uri=uri, artifact_class=Dataset)
    with dsl.ParallelFor([1, 2], parallelism=1) as epochs:
        custom_job(
            train,
            display_name="train",
            machine_type="n1-standard-8",
            psc_interface_config={"networkAttachment": "projects/p/regions/r/networkAttachments/a"},
        )(data=data.output, epochs=epochs)


compiled = [plain, everything, in_a_loop]
json.dump({each.name: json_format.MessageToDict(each.pipeline_spec) for each in compiled}, sys.stdout)
