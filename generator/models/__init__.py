"""Which open-weight models there are, what each can do, what its licence allows, and which of them suits a request.

Data and choices only: nothing here loads a model, so that the command line can list them without PyTorch.
"""
