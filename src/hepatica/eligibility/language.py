"""The criteria language, readable aloud: "meld below 30 and no hcc" becomes a frozen rule tree.

    age from 18 to 65                          bilirubin at least 5 mg/dL within 14 days
    bilirubin at least 10 times normal         bilirubin rising at least 1 mg/dL a day within 14 days
    child_pugh above 6 and meld at most 20     aclf_grade from 1 to 2
    cirrhosis and no hcc ever                  no variceal_bleeding within 2 months
    cause in (HBV, HCV)    only cause HBV      course in (aclf, alf)
    female                 no drinking         not on immunosuppressant within 30 days
    at least 2 of (a, b, c)                    episodes of (ascites, sbp) at least 1 within 365 days
    ask consent                                (questions.toml: what no record answers)

`and` binds before `or`; `no` and `not` take the next term; brackets group.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from math import inf

from hepatica.eligibility.questions import questions
from hepatica.eligibility.tree import AtLeast, Fact, Not, Quantity, Rule, Within, every, some
from hepatica.errors import InputError
from hepatica.patient import ANALYTES, to_canonical
from hepatica.therapy import concepts

TOKEN = re.compile(r"[(),]|[^\s(),]+")
DAYS = {"day": 1.0, "week": 7.0, "month": 30.4375, "year": 365.25}
PERSONAL = {"age": "years", "weight": "kg", "bmi": "kg/m2", "encephalopathy_grade": "", "ascites_level": ""}
PERSONAL |= {"aclf_grade": "", "ast_alt_ratio": ""}
SCORES: tuple[str, ...] = (
    "meld",
    "meld_na",
    "meld_3",
    "child_pugh",
    "albi",
    "fib4",
    "apri",
    "maddrey_df",
    "lille",
    "peld",
    "ukeld",
)
SCORES += ("clif_c_of", "clif_c_aclf", "clif_c_ad", "aarc", "gahs", "abic", "mayo_pbc", "globe")
CAUSES: tuple[str, ...] = (
    "alcohol",
    "HBV",
    "HCV",
    "HDV",
    "MASLD",
    "AIH",
    "PBC",
    "PSC",
    "wilson",
    "alpha1",
    "haemochromatosis",
)
CAUSES += ("urea_cycle", "paracetamol", "DILI", "cryptogenic", "other")
COURSES: tuple[str, ...] = ("alf", "ali", "aclf", "alcoholic_hepatitis", "decompensated", "compensated", "cholestatic")
COURSES += ("chronic_hepatitis", "steatosis", "urea_cycle", "metabolic", "none")
STOPS = ("and", "or", "within", "times", "to", "a", ")", ",")


def parse(text: str, where: str = "criterion") -> Rule:
    """Return the rule tree of a criterion; raise InputError naming the word that cannot be read."""
    reader = _Reader(text, where)
    rule = reader.either()
    if reader.word:
        raise reader.wrong("a word is left over")
    return rule


@lru_cache(maxsize=4096)
def _one_object(leaf: Rule) -> Rule:
    """Return the same object for equal leaves, so that one record is asked once."""
    return leaf


class _Reader:
    def __init__(self, text: str, where: str) -> None:
        self.text, self.where = text, where
        self.tokens, self.i = TOKEN.findall(text), 0

    @property
    def word(self) -> str:
        return self.tokens[self.i] if self.i < len(self.tokens) else ""

    def take(self, *words: str) -> bool:
        if tuple(self.tokens[self.i : self.i + len(words)]) == words:
            self.i += len(words)
            return True
        return False

    def expect(self, word: str) -> None:
        if not self.take(word):
            raise self.wrong(f"`{word}` is missing")

    def next(self) -> str:
        word, self.i = self.word, self.i + 1
        if not word:
            raise self.wrong("the text ends too early")
        return word

    def wrong(self, what: str, mend: str = "") -> InputError:
        near = f"{self.where}: {self.text!r}, at {self.word or 'the end'!r}"
        return InputError(what, where=near, mend=mend or "see hepatica.eligibility.language for the forms")

    def either(self) -> Rule:
        rules = [self.both()]
        while self.take("or"):
            rules.append(self.both())
        return some(*rules)

    def both(self) -> Rule:
        rules = [self.term()]
        while self.take("and"):
            rules.append(self.term())
        return every(*rules)

    def term(self) -> Rule:
        if self.take("no") or self.take("not"):
            return Not(self.term())
        if self.take("("):
            rule = self.either()
            self.expect(")")
            return rule
        if self.take("at", "least"):
            return self.at_least()
        return self.leaf()

    def at_least(self) -> Rule:
        count = self.number()
        self.expect("of")
        self.expect("(")
        rules = [self.either()]
        while self.take(","):
            rules.append(self.either())
        self.expect(")")
        if not 1 <= count <= len(rules) or count % 1:
            raise self.wrong(f"at least {count:g} of {len(rules)} rules cannot be asked")
        return AtLeast(int(count), tuple(rules))

    def leaf(self) -> Rule:
        return _one_object(self.read_leaf())

    def read_leaf(self) -> Rule:
        if self.take("episodes", "of"):
            names = self.names(concepts(), "concept")
            return self.bounded("episodes", ",".join(names))
        if self.take("cause", "in"):
            return Fact("cause", self.names(CAUSES, "cause"))
        if self.take("only", "cause"):
            return Fact("only_cause", (self.known(CAUSES, "cause"),))
        if self.take("course", "in"):
            return Fact("course", self.names(COURSES, "course"))
        if self.take("on"):
            name = self.next()
            return Fact("takes", (name,), within_d=self.window())
        if self.take("ask"):
            return Fact("ask", (self.known(questions(), "question"),))
        if self.word in ("male", "female"):
            return Fact("sex", (self.next(),))
        if self.take("drinking"):
            return Fact("drinking")
        return self.named()

    def named(self) -> Rule:
        name = self.next()
        if name in PERSONAL:
            return self.bounded("personal", name)
        if name in SCORES:
            return self.bounded("score", name)
        if name in ANALYTES:
            return self.bounded("lab", name)
        if name in concepts():
            if self.take("ever"):
                return Fact("has", (name,), ever=True)
            return Fact("has", (name,), within_d=self.window())
        self.i -= 1
        raise self.wrong(f"`{name}` is no analyte, score, concept or form of this language")

    def bounded(self, kind: str, name: str) -> Rule:
        if kind == "lab" and self.take("rising"):
            kind = "rise"
        low, high, low_open, high_open = -inf, inf, False, False
        if self.take("from"):
            low = self.number()
            self.expect("to")
            high = self.number()
        elif self.take("at", "least"):
            low = self.number()
        elif self.take("at", "most"):
            high = self.number()
        elif self.take("above"):
            low, low_open = self.number(), True
        elif self.take("below"):
            high, high_open = self.number(), True
        else:
            raise self.wrong(f"`{name}` needs a limit", "at least, at most, above, below, or from … to …")
        if low > high:
            raise self.wrong(f"no {name} lies from {low:g} to {high:g}")
        kind, unit, low, high = self.canonical(kind, name, low, high)
        name = ANALYTES[name].reported_as if kind in ("lab", "rise") else name
        return Within(Quantity(kind, name, self.window(kind)), low, high, low_open, high_open, unit)

    def canonical(self, kind: str, name: str, low: float, high: float) -> tuple[str, str, float, float]:
        if kind == "lab" and self.take("times", "normal"):
            return "normal", "times normal", low, high
        written = "" if self.word in STOPS else self.next() if self.word else ""
        if kind not in ("lab", "rise"):
            expected = PERSONAL.get(name, "")
            if written and written not in (expected, "points", "kg/m2"):
                raise self.wrong(f"`{written}` is no unit of {name}")
            return kind, expected or ("points" if kind == "score" else ""), low, high
        unit = ANALYTES[name].unit
        low, high = (v if abs(v) == inf else to_canonical(name, v, written or unit) for v in (low, high))
        if kind == "rise":
            self.expect("a")
            self.expect("day")
            unit = f"{unit} a day"
        return kind, unit, low, high

    def window(self, kind: str = "") -> float | None:
        if not self.take("within"):
            if kind in ("rise", "episodes"):
                raise self.wrong("a time window is missing", "within 14 days")
            return None
        count, span = self.number(), self.next().rstrip("s")
        if span not in DAYS:
            raise self.wrong(f"`{span}` is no span of time", f"one of {', '.join(DAYS)}")
        return round(count * DAYS[span], 2)

    def number(self) -> float:
        word = self.next()
        try:
            return float(word)
        except ValueError:
            self.i -= 1
            raise self.wrong(f"`{word}` is not a number") from None

    def names(self, allowed: Collection[str], kind: str) -> tuple[str, ...]:
        self.expect("(")
        found = [self.known(allowed, kind)]
        while self.take(","):
            found.append(self.known(allowed, kind))
        self.expect(")")
        return tuple(found)

    def known(self, allowed: Collection[str], kind: str) -> str:
        name = self.next()
        if name not in allowed:
            self.i -= 1
            raise self.wrong(f"`{name}` is no {kind}", f"one of {', '.join(allowed)}")
        return name
