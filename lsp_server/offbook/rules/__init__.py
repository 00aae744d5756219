"""The rules, one file each, and the engine that runs them."""

from offbook.rules.checker import Checker, RuleSettings, check
from offbook.rules.registry import Rule, all_rules

__all__ = ["Checker", "Rule", "RuleSettings", "all_rules", "check"]
