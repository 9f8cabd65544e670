"""Whose turn it is on the generator: packs of unlike requests, step by step, in a weighted fair order.

Pure bookkeeping in steps and costs: knows no tensor, no clock and no thread. Whoever owns the device asks for the next
pack, runs one denoising step of it and reports back.
"""
