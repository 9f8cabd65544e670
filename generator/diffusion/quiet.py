"""Keeps the libraries that draw from writing to the terminal and the log by themselves.

Their bars would run through each other's and through the log, one for every request; their warnings quote prompts.
What goes wrong comes as an exception and is said by us.
"""

import logging

import diffusers
import transformers


def be_quiet() -> None:
    """Say nothing but errors, and draw no bars."""
    for library in (diffusers, transformers):
        library.utils.logging.set_verbosity_error()
        library.utils.logging.disable_progress_bar()
    # Every cancelled request is an error in a block to it.
    logging.getLogger("diffusers.modular_pipelines").setLevel(logging.CRITICAL)
