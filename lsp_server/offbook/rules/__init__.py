"""The rules, one file each; `checker` runs them, and loads the analysis and each rule when it does."""

from offbook.rules.catalogue import CATALOGUE
from offbook.rules.registry import Heading, Rule, all_rules
from offbook.rules.settings import RuleSettings

__all__ = ["CATALOGUE", "Heading", "Rule", "RuleSettings", "all_rules"]
