"""What the shared generator makes of a GPU, beside a bare diffusers loop in the same process: ``python -m tests.benchmarks.gpu``.

Needs no weights: the architectures are built at their real size with random ones, which take exactly as long.
"""
