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
# The other implementation orders maps by chance, and kfp names merged components in that order.
os.environ["PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION"] = "python"

try:
    from google.protobuf import json_format
    from kfp.dsl import base_component
except ModuleNotFoundError as error:
    sys.exit(f"{error}. Install kfp there: {sys.executable} -m pip install kfp")

path, result = sys.argv[1:]
folder, file = os.path.split(path)
sys.path[0] = folder
name = os.path.splitext(file)[0]
spec = importlib.util.spec_from_file_location(name, path)
module = importlib.util.module_from_spec(spec)
sys.modules[name] = module
spec.loader.exec_module(module)


def function_of(component):
    return getattr(component, "python_func", None) or getattr(component, "pipeline_func", None)


def is_own(component):
    """Not one that the file only imports; of a loaded one, nobody knows."""
    function = function_of(component)
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
            # Only a Python function has an order.
            "inputs": list(structure.inputs or {}) if function_of(component) else [],
            "spec": as_json(component.pipeline_spec),
            "platform": platform or None,
        }
    )

with open(result, "w") as file:
    json.dump(components, file)
`;
