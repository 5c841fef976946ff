"""The controls of a telco catalogue."""

from flows.core.judging import not_negative, present_rule, readable_rule
from flows.core.kinds import Money
from flows.core.rules import Category, Rule, Severity

RULES = (
    present_rule("package_name"),
    present_rule("price"),
    readable_rule("price", "price_idr", Money().expected, "ask in the shop"),
    Rule(
        code="price_not_negative",
        category=Category.BUSINESS_RULE_VIOLATION,
        column="price",
        holds=not_negative("price", "price_idr"),
        sentence="price is zero or more.",
        message="price is {price}, expected 0 or more",
        breaks={"price": "-1"},
    ),
)

REPEAT = Rule(
    code="row_is_not_repeated",
    category=Category.DATA_QUALITY_ISSUE,
    severity=Severity.WARNING,
    sentence="A row stands once in its file.",
    message="the row repeats an earlier row of the file exactly",
)
