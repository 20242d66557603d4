"""Drives a Cloud Storage through google-cloud-storage; prints what it saw as JSON. STORAGE_EMULATOR_HOST says where."""

import io
import json
import os
from concurrent.futures import ThreadPoolExecutor

from google.api_core.exceptions import BadRequest, Conflict, NotFound, PreconditionFailed
from google.auth.credentials import AnonymousCredentials
from google.cloud import storage
from google.cloud.storage import transfer_manager

client = storage.Client(project="test", credentials=AnonymousCredentials())
seen = {}

bucket = client.create_bucket("python")
try:
    client.create_bucket("python")
except Conflict:
    seen["second_bucket"] = "Conflict"
seen["buckets"] = [found.name for found in client.list_buckets()]

content = os.urandom(3_000_001)
for kind, chunk_size in [("simple", None), ("resumable", 256 * 1024)]:
    blob = bucket.blob(f"folder/{kind}", chunk_size=chunk_size)
    blob.metadata = {"who": "python"}
    blob.upload_from_file(io.BytesIO(content), size=len(content), content_type="a/b", checksum="md5")
    blob = bucket.get_blob(f"folder/{kind}")
    seen[kind] = {
        "same": blob.download_as_bytes(checksum="crc32c") == content,
        "range": blob.download_as_bytes(start=5, end=9) == content[5:10],
        "size": blob.size,
        "type": blob.content_type,
        "metadata": blob.metadata,
    }

with bucket.blob("streamed").open("wb", chunk_size=256 * 1024) as stream:
    for start in range(0, len(content), 100_000):
        stream.write(content[start : start + 100_000])
with bucket.blob("streamed").open("rb") as stream:
    seen["streamed"] = stream.read() == content


def race(racer):
    try:
        bucket.blob("lock").upload_from_string(f"{racer}", if_generation_match=0)
        return "won"
    except PreconditionFailed:
        return "lost"


with ThreadPoolExecutor(10) as pool:
    seen["race"] = sorted(pool.map(race, range(10)))

copied = bucket.copy_blob(bucket.blob("folder/simple"), bucket, "copied")
composed = bucket.blob("composed")
composed.compose([bucket.blob("folder/simple"), bucket.blob("copied")])
seen["composed"] = composed.download_as_bytes() == content + content
seen["renamed"] = bucket.rename_blob(copied, "renamed").name

listed = client.list_blobs(bucket, delimiter="/", page_size=1)
seen["names"] = [found.name for found in listed]
seen["prefixes"] = sorted(listed.prefixes)

wrong = bucket.blob("wrong")
try:
    wrong.crc32c = "AAAAAA=="
    wrong.upload_from_string("bytes", checksum=None)
except BadRequest:
    seen["wrong_checksum"] = "BadRequest"
seen["wrong_exists"] = wrong.exists()

transfer_manager.download_chunks_concurrently(
    bucket.blob("folder/simple"), "downloaded", chunk_size=1_000_000, worker_type=transfer_manager.THREAD
)
with open("downloaded", "rb") as file:
    seen["in_chunks"] = file.read() == content

try:
    bucket.blob("nowhere").download_as_bytes()
except NotFound:
    seen["missing"] = "NotFound"
bucket.delete_blobs(list(bucket.list_blobs()))
bucket.delete()
seen["left"] = [found.name for found in client.list_buckets()]
print(json.dumps(seen))
