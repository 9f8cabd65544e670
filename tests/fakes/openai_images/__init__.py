"""A working images API on loopback, as OpenAI, SGLang or vllm-omni offer it, with troubles on demand."""

from tests.fakes.openai_images.server import Asked, FakeImages

__all__ = ["Asked", "FakeImages"]
