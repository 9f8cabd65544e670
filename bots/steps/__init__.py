"""The work of each step of the line. A step may run twice; its effects are keyed by the job, so they happen once."""
