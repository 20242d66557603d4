"""Drives a Hub through huggingface_hub; prints what it saw as JSON. HF_ENDPOINT and HF_TOKEN say where and who."""

import json
import os

from huggingface_hub import CommitOperationAdd, CommitOperationCopy, CommitOperationDelete, HfApi, hf_hub_download
from huggingface_hub import snapshot_download
from huggingface_hub.errors import HfHubHTTPError

api = HfApi()
seen = {"user": api.whoami()["name"]}
repo = "python/model"
api.create_repo(repo)
api.create_repo(repo, exist_ok=True)

weights = os.urandom(2_000_000)
first = api.create_commit(
    repo,
    [
        CommitOperationAdd("model.safetensors", weights),
        CommitOperationAdd("README.md", b"---\nlicense: apache-2.0\npipeline_tag: text-classification\n---\n# A model\n"),
        CommitOperationAdd("a/b.txt", b"bee"),
    ],
    commit_message="first",
)
info = api.model_info(repo, files_metadata=True)
seen["info"] = {
    "sha": info.sha == first.oid,
    "task": info.pipeline_tag,
    "license": info.card_data.license,
    "files": sorted(file.rfilename for file in info.siblings),
    "lfs": [file.lfs.size for file in info.siblings if file.lfs],
}
try:
    api.create_commit(
        repo, [CommitOperationAdd("x", b"x")], commit_message="stale", parent_commit="0" * 40
    )
except HfHubHTTPError as error:
    seen["stale"] = error.response.status_code

second = api.create_commit(
    repo,
    [CommitOperationDelete("a/", is_folder=True), CommitOperationCopy("model.safetensors", "copy.safetensors")],
    commit_message="second",
    parent_commit=first.oid,
)
seen["tree"] = sorted(entry.path for entry in api.list_repo_tree(repo, recursive=True, expand=True))
seen["tree_before"] = sorted(entry.path for entry in api.list_repo_tree(repo, recursive=True, revision=first.oid))
seen["history"] = [commit.title for commit in api.list_repo_commits(repo)]
seen["paths"] = [entry.path for entry in api.get_paths_info(repo, ["README.md", "none"], expand=True)]
with open(hf_hub_download(repo, "copy.safetensors"), "rb") as file:
    seen["downloaded"] = file.read() == weights
seen["snapshot"] = sorted(os.listdir(snapshot_download(repo, revision=first.oid)))

api.create_branch(repo, branch="try", revision=first.oid)
api.create_tag(repo, tag="v1", revision=first.oid)
refs = api.list_repo_refs(repo)
seen["refs"] = [[ref.name for ref in refs.branches], [ref.name for ref in refs.tags]]
api.delete_branch(repo, branch="try")
api.delete_tag(repo, tag="v1")


def name_of(work):
    try:
        work()
        return None
    except Exception as error:
        return type(error).__name__


seen["errors"] = [
    name_of(lambda: api.model_info("python/none")),
    name_of(lambda: api.model_info(repo, revision="none")),
    name_of(lambda: hf_hub_download(repo, "none")),
]
api.update_repo_settings(repo, gated="auto")
stranger = HfApi(token="hf_stranger")
seen["gated"] = name_of(lambda: stranger.hf_hub_download(repo, "README.md", cache_dir="strangers"))
api.grant_access(repo, "stranger")
seen["granted"] = name_of(lambda: stranger.hf_hub_download(repo, "README.md", cache_dir="strangers"))
api.update_repo_settings(repo, private=True)
seen["private"] = name_of(lambda: stranger.model_info(repo))
os.makedirs("upload/deep", exist_ok=True)
for name in ["upload/one.bin", "upload/deep/two.txt"]:
    with open(name, "wb") as file:
        file.write(name.encode())
api.create_repo("python/data", repo_type="dataset")
api.upload_folder(repo_id="python/data", repo_type="dataset", folder_path="upload")
seen["dataset"] = sorted(api.list_repo_files("python/data", repo_type="dataset"))
seen["models"] = [model.id for model in api.list_models(search="mod")]
api.delete_repo(repo)
seen["exists"] = api.repo_exists(repo)
print(json.dumps(seen))
