"""The rules, one file each, and the engine that runs them."""

from offbook.rules.checker import Checked, Checker, RuleSettings, check, check_once
from offbook.rules.registry import Rule, all_rules

__all__ = ["Checked", "Checker", "Rule", "RuleSettings", "all_rules", "check", "check_once"]
