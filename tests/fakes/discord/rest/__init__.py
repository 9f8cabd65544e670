"""The API's routes."""
