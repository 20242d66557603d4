"""Writes the FileDescriptorSet of the Kubeflow Pipelines IR: its .proto files are in no registry,
but Google's Python packages carry them compiled.

Usage: descriptors.py PACKAGES OUTPUT, where PACKAGES is a folder that pip installed the packages into.
"""

import importlib.util
import pathlib
import sys

packages, output = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
sys.path.insert(0, str(packages))

from google.protobuf import descriptor_pb2  # noqa: E402
from kfp.pipeline_spec import pipeline_spec_pb2  # noqa: E402


def load_alone(path):
    """Loads one module without its package, which would import the whole Python SDK."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def with_dependencies(file, seen):
    if file.name in seen:
        return []
    seen.add(file.name)
    return [*(each for dependency in file.dependencies for each in with_dependencies(dependency, seen)), file]


def json_name(name):
    """protoc's rule: an underscore goes, and the letter after it becomes a capital."""
    first, *rest = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


def name_fields(message):
    """Python's copies of the descriptors have no json_name, without which others refuse them."""
    for field in [*message.field, *message.extension]:
        field.json_name = field.json_name or json_name(field.name)
    for nested in message.nested_type:
        name_fields(nested)


kubernetes = load_alone(packages / "kfp/kubernetes/kubernetes_executor_config_pb2.py")
descriptors = descriptor_pb2.FileDescriptorSet()
seen = set()
for root in [pipeline_spec_pb2.DESCRIPTOR, kubernetes.DESCRIPTOR]:
    for file in with_dependencies(root, seen):
        copy = descriptors.file.add()
        file.CopyToProto(copy)
        for message in copy.message_type:
            name_fields(message)
output.write_bytes(descriptors.SerializeToString(deterministic=True))
