"""Work on background threads: jobs, queries, scans, imports."""
