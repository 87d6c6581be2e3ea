"""The game, replayed: reference path, kernels, scans and single-bet derivations; no clock, no SQL, no Qt."""

ENGINE_VERSION = "pump-2.0.0"
