"""One module per feature: paths, parameters and documentation; what happens is the services' part."""
