"""Statistics on plain numbers; nothing here knows of studies, files or livers."""
