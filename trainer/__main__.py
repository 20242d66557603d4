import os
import signal
import sys

from trainer.runtime import configure

configure()
# Training replaces this by its own, which saves first.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))

from trainer.cli import main  # noqa: E402  # after the settings of JAX

status = main(sys.argv[1:])
sys.stdout.flush()
sys.stderr.flush()
# All is written. The interpreter's own end would take down XLA's threads, and a crash there would make a failure of a
# job that is done.
os._exit(status)
