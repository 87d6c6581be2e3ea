"""The window: pages, charts, dialogs, widgets; pixels only."""
