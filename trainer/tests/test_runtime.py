"""Settings of JAX."""

from __future__ import annotations

from trainer.runtime import configure

_FLAG = "--xla_cpu_enable_concurrency_optimized_scheduler"


def test_what_the_environment_says_of_xla_stays_as_it_is() -> None:
    own = {"XLA_FLAGS": f"{_FLAG}=true"}
    configure(own)
    assert own["XLA_FLAGS"] == f"{_FLAG}=true"


def test_other_flags_stay_beside_ours() -> None:
    others = {"XLA_FLAGS": "--xla_force_host_platform_device_count=8"}
    configure(others)
    configure(others)
    assert others["XLA_FLAGS"].split() == ["--xla_force_host_platform_device_count=8", f"{_FLAG}=false"]
