"""Copies the benchmark's model with Hugging Face's and Google's own clients: peer.py HUB_URL STORAGE_URL FOLDER.

Their best settings against a plain Hub: it has no Xet, whose chunks would come in parallel, and hf_transfer is gone. The
upload is Google's transfer manager, with threads: processes and a single upload were slower. Each checks as it does by
default: the Hub's client the size, Google's the crc32c of every part.
"""

import json
import os
import resource
import sys

hub, storage, folder = sys.argv[1:4]
os.environ |= {"HF_HUB_DISABLE_PROGRESS_BARS": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}

from google.auth.credentials import AnonymousCredentials  # noqa: E402
from google.cloud.storage import Client, transfer_manager  # noqa: E402
from huggingface_hub import hf_hub_download  # noqa: E402

path = hf_hub_download("bench/model", "model.safetensors", endpoint=hub, local_dir=folder, token=False)
client = Client(project="retemper", credentials=AnonymousCredentials(), client_options={"api_endpoint": storage})
blob = client.bucket("retemper").blob("peer/model.safetensors")
transfer_manager.upload_chunks_concurrently(path, blob, worker_type=transfer_manager.THREAD, max_workers=4)
os.remove(path)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps({"uri": f"gs://retemper/{blob.name}", "peakBytes": peak}))
