"""Removes near duplicates with datatrove: peer.py WORK_FOLDER ROWS_FOLDER SHINGLE BUCKETS HASHES.

Its four steps, each in as many processes as there are cores. Words are split at blanks, the cheapest that it can be given:
by default it has spaCy do that. It links rows by their buckets alone, without counting what they share.
"""

import json
import os
import sys
from pathlib import Path

from datatrove.executor.local import LocalPipelineExecutor
from datatrove.pipeline.dedup import MinhashDedupCluster, MinhashDedupFilter, MinhashDedupSignature
from datatrove.pipeline.dedup.minhash import MinhashConfig, MinhashDedupBuckets
from datatrove.pipeline.readers import ParquetReader
from datatrove.pipeline.writers import ParquetWriter
from datatrove.utils.hashing import HashConfig
from datatrove.utils.logging import logger
from datatrove.utils.text import TextNormConfig
from datatrove.utils.word_tokenizers import WordTokenizer

work, rows, shingle, buckets, hashes = Path(sys.argv[1]), sys.argv[2], *map(int, sys.argv[3:6])
cores = os.cpu_count() or 1


class Blanks(WordTokenizer):
    def word_tokenize(self, text):
        return text.split()

    def sent_tokenize(self, text):
        return [text]

    def span_tokenize(self, text):
        return [(0, len(text))]


def run(name, tasks, *steps):
    LocalPipelineExecutor(
        pipeline=list(steps), tasks=tasks, workers=min(cores, tasks), logging_dir=str(work / "logs" / name)
    ).run()


if __name__ == "__main__":
    logger.remove()
    config = MinhashConfig(
        n_grams=shingle,
        num_buckets=buckets,
        hashes_per_bucket=hashes,
        # As ours: a number is a word like others.
        norm_config=TextNormConfig(norm_numbers=False),
        hash_config=HashConfig(hash_fc="xxhash", precision=64),
    )
    signatures, pairs, removed, kept = (str(work / name) for name in ("signatures", "pairs", "removed", "kept"))
    reader = ParquetReader(rows, text_key="text", id_key="id")
    run("sign", cores, reader, MinhashDedupSignature(signatures, config, language=Blanks()))
    run("match", buckets, MinhashDedupBuckets(signatures, pairs, config=config))
    run("cluster", 1, MinhashDedupCluster(pairs, removed, config=config))
    run("filter", cores, reader, MinhashDedupFilter(removed), ParquetWriter(kept))
    import pyarrow.parquet as pq

    left = sum(pq.read_metadata(path).num_rows for path in Path(kept).glob("*.parquet"))
    print(json.dumps({"kept": left}))
