"""Theme, icons, fonts and tier colours."""
