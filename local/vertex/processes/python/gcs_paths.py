"""Where the Python SDK finds artifacts: it turns `gs://` into `/gcs/`, which here is a plain folder of this machine."""

import importlib.machinery
import os
import sys


class _Finder:
    def find_spec(self, name, path=None, target=None):
        if not name.endswith(".artifact_types"):
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def exec_module(module):
                execute(module)
                if hasattr(module, "_GCS_LOCAL_MOUNT_PREFIX"):
                    module._GCS_LOCAL_MOUNT_PREFIX = os.environ["RETEMPER_GCS_ROOT"] + "/"

            spec.loader.exec_module = exec_module
        return spec


if "RETEMPER_GCS_ROOT" in os.environ:
    sys.meta_path.insert(0, _Finder())
