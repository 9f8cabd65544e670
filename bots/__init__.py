"""How people reach Threadbrush: the command line, the planner, the durable line and its wiring."""
