"""Open-weight diffusion models as an engine: every request runs its model's own pipeline, and they share the forwards."""
