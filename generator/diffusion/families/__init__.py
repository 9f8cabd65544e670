"""What differs between models: how they are called, and how unlike requests share one forward."""
