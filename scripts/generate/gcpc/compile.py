"""Compiles every component that google-cloud-pipeline-components offers, and describes it.

Usage: compile.py OUTPUT. A component is what a public module lists in its __all__.
"""

import importlib
import importlib.metadata
import json
import os
import pkgutil
import sys
import warnings

warnings.filterwarnings("ignore")
# The other implementation orders maps by chance, and kfp names merged components in that order.
os.environ["PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION"] = "python"

import google_cloud_pipeline_components  # noqa: E402
from google.protobuf import json_format  # noqa: E402
from kfp.dsl import base_component  # noqa: E402

PACKAGE = google_cloud_pipeline_components.__name__


def public_modules():
    for stage in ("v1", "preview"):
        package = importlib.import_module(f"{PACKAGE}.{stage}")
        names = [module.name for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.") if module.ispkg]
        for name in sorted(names):
            yield importlib.import_module(name)


def is_function(component):
    return hasattr(component, "python_func") or hasattr(component, "pipeline_func")


def describe(component):
    structure = component.component_spec
    return {
        "description": component.description,
        # Only a Python function has an order.
        "inputs": list(structure.inputs or {}) if is_function(component) else [],
        "spec": json_format.MessageToDict(component.pipeline_spec),
        "platform": json_format.MessageToDict(structure.platform_spec) or None,
    }


modules = []
first = {}
for module in public_modules():
    path = module.__name__.removeprefix(f"{PACKAGE}.").replace(".", "/")
    components = []
    for name in sorted(getattr(module, "__all__", [])):
        component = getattr(module, name)
        if not isinstance(component, base_component.BaseComponent):
            continue
        # What a module offers that another one made is the same component there.
        made = first.setdefault(id(component), path)
        own = {"name": name} if made != path else {"name": name, **describe(component)}
        components.append({"module": made, **own})
    if components:
        modules.append({"path": path, "description": module.__doc__, "components": components})

with open(sys.argv[1], "w") as output:
    json.dump({"version": importlib.metadata.version("google-cloud-pipeline-components"), "modules": modules}, output)
