"""The bridge between Qt and the services: jobs, models, theme, icons, number formats."""
