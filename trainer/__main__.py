import signal
import sys

from trainer.runtime import configure

configure()
# Training replaces this by its own, which saves first.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))

from trainer.cli import main  # noqa: E402  # after the settings of JAX

sys.exit(main(sys.argv[1:]))
