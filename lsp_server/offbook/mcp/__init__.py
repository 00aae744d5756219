"""The use cases as tools for coding assistants: `server.py` declares them, `commands.py` carries them out."""
