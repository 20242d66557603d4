"""From the manifest's shards to batches of tokens."""
