/**
 * Compiles the components and pipelines that a Python file defines. Arguments: the file, and where to write the result.
 * It runs by itself, beside nothing of ours.
 */
export const compileComponents = `
import importlib.util
import json
import os
import sys
import warnings

warnings.filterwarnings("ignore")

from google.protobuf import json_format
from kfp.dsl import base_component

path, result = sys.argv[1:]
folder, file = os.path.split(path)
sys.path[0] = folder
name = os.path.splitext(file)[0]
spec = importlib.util.spec_from_file_location(name, path)
module = importlib.util.module_from_spec(spec)
sys.modules[name] = module
spec.loader.exec_module(module)


def is_own(component):
    """Not one that the file only imports; of a loaded one, nobody knows."""
    function = getattr(component, "python_func", None) or getattr(component, "pipeline_func", None)
    return function is None or function.__module__ == name


def as_json(message):
    return json_format.MessageToDict(message)


found = {}
for attribute, value in vars(module).items():
    if isinstance(value, base_component.BaseComponent) and is_own(value):
        found.setdefault(id(value), (attribute, value))

components = []
for attribute, component in found.values():
    structure = component.component_spec
    platform = as_json(structure.platform_spec)
    components.append(
        {
            "name": attribute,
            "description": component.description,
            "inputs": list(structure.inputs or {}),
            "spec": as_json(component.pipeline_spec),
            "platform": platform or None,
        }
    )

with open(result, "w") as file:
    json.dump(components, file)
`;
