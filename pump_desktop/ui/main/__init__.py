"""The main window: pages, navigation, menus, palette, notices."""
