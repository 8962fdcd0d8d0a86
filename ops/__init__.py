"""How it runs: command line, pipeline, jobs, worker, schedule and web entry."""
