import sys

from trainer.runtime import configure

configure()

from trainer.cli import main  # noqa: E402  # after the settings of JAX

sys.exit(main(sys.argv[1:]))
