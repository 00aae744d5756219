"""Settings: ``[tool.offbook]`` in pyproject.toml, or offbook.toml."""

from offbook.config.files import ConfigError, find_settings, load_settings, parse_settings
from offbook.config.settings import RunSettings, Settings, select_codes

__all__ = [
    "ConfigError",
    "RunSettings",
    "Settings",
    "find_settings",
    "load_settings",
    "parse_settings",
    "select_codes",
]
