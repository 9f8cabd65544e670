import generator.diffusion  # noqa: F401 - before a test imports diffusers, see generator.diffusion.operators
