"""What a training will need, found before it is paid for: docs/preflight.md."""
