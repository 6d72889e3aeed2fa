"""Does a text say that a test is wrong or cannot be passed? Decided by words, sentence by sentence."""

from __future__ import annotations

import re

SENTENCE_END = re.compile(r"(?<=[.!?;:])\s+|\n+")
MATTER = re.compile(
    r"\b(?:tests?|checks?|asserts?|assertions?|lines?|cases?|examples?|expect\w*|demands?|limits?|requirements?|rules?|"
    r"conditions?|values?|numbers?|trials?|docstring|description)\b"
)
TROUBLE = re.compile(
    r"\b(?:fail(?:s|ed|ing|ure)?|"
    r"(?:can ?not|can't|cannot|could not|couldn't|won't|will not|does not|doesn't|do not|don't) (?:\w+ ){0,2}?"
    r"(?:be|pass|hold|succeed|work|match|agree|fit|meet|get|all)|no (?:\w+ ){0,2}can|"
    r"impossible|not possible|unreachable|out of reach|contradict\w*|conflict\w*|exclude|excludes|inconsistent|incompatible|"
    r"mistaken|mistake|wrong|incorrect|typo|error|goes against|go against|breaks|clash\w*|"
    r"too (?:tight|short|strict|wide|large|small)|off by|exceed\w*|misses|stays above|raise|"
    r"never (?:\w+ )?(?:pass|hold|appear|be met))\b"
)
DENIAL = re.compile(
    r"\b(?:none|neither) of (?:\w+ ){0,2}?(?:tests?|lines?|asserts?|checks?|cases?|them)\b[^,.;]*?\b(?:fail|error|wrong)\w*|"
    r"\b(?:nothing|no (?:test|assert|assertion|check|line|case)s?)\b[^,.;]*?\b(?:fail|error|wrong)\w*|"
    r"\bno (?:failures?|errors?)\b|"
    r"\b(?:not|never|n't|without|instead of|no longer|stops?|was|were|had been|avoids?) "
    r"(?:\w+ ){0,2}?(?:fail|rais|error|wrong|complain)\w*|"
    r"\bif (?:\w+ ){0,5}?(?:fail|rais)\w*"
)
FAILS = re.compile(r"\b(?:it|and|that|which|one|first|second|third|last) fails\b")
SOME_PASS = re.compile(
    r"\b(?:only |just )?(?:one|two|all but one|1|2) (?:of|out of) (?:your |the )?(?:two|three|3|them|tests|asserts|checks)\b[^.]*"
    r"\b(?:pass|succeed|hold|not the third)|\bonly (?:two|one)\b|\b(?:two|one) pass(?:es)?\b|"
    r"\btwo (?:checks|tests|asserts) (?:pass|succeed)"
)


def is_report(text: str) -> bool:
    """Whether a sentence says that a test, value, rule or limit is wrong, contradicts another or cannot be met."""
    return any(map(_reports, SENTENCE_END.split(text.lower().replace("’", "'"))))


def _reports(sentence: str) -> bool:
    claim = DENIAL.sub(" ", sentence)
    about_a_test = bool(MATTER.search(claim) and TROUBLE.search(claim))
    return bool(SOME_PASS.search(sentence)) or bool(FAILS.search(claim)) or about_a_test
