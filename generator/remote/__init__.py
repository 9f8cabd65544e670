"""Images from somebody else's server: any that speaks OpenAI's images API, such as SGLang, vllm-omni or OpenAI's own.

Knows requests, words and HTTP; no model, no device. ``torch`` is not needed.
"""
