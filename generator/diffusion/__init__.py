"""Open-weight diffusion models as an engine: every request runs its model's own pipeline, and they share the forwards."""

from generator.diffusion.operators import declare_missing

declare_missing()  # before anything here imports transformers

from generator.diffusion.quiet import be_quiet  # noqa: E402 - imports it

be_quiet()
