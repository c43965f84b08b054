"""The enumerated words of the JSON contract: English in a plan, translated where they are shown.

They are listed for the message catalogues; a page says them with `say(word)`, a certainty with its own meaning.
"""

from __future__ import annotations

from hepatica.language import mark, say_as

STATUS = (mark("offered"), mark("trial only"), mark("ruled out"))
VERDICT = (
    mark("met"), mark("not met"), mark("unknown"), mark("not applicable"), mark("eligible"), mark("not eligible"),
)  # fmt: skip
BASIS = (mark("evidence"), mark("calibrated model"), mark("assumption"), mark("published"))
URGENCY = (mark("now"), mark("today"), mark("soon"))
FIT = (mark("fitted"), mark("tempered"), mark("not fitted"))
RULE = (mark("required"), mark("advised"), mark("unverified"))
RECRUITMENT = (
    mark("historical criteria only"), mark("recruiting"), mark("not yet recruiting"), mark("completed"),
    mark("terminated"), mark("withdrawn"), mark("suspended"), mark("enrolling by invitation"),
    mark("active, not recruiting"), mark("no longer available"),
)  # fmt: skip
SCREENED = (mark("options"), mark("regimens"), mark("contraindicated"), mark("forecast"), mark("race"))
UNITS = (
    mark("points"), mark("days"), mark("years"), mark("cells"), mark("QALY"), mark("procedures"), mark("d"),
    mark("% points"), mark("% of normal"), mark("% of area"), mark("× normal"), mark("probability"),
    mark("fraction of a healthy liver"), mark("percent of tissue"), mark("share"), mark("million cells"),
    mark("times normal"), mark("episodes"), mark("day"), mark("percent"), mark("fraction"), mark("cells an infusion"),
    mark("quality-adjusted days; cost in the currency of the option's cost"),
    mark("percent of the label left in the body"), mark("people"), mark("virtual people"), mark("infusions"),
    mark("weeks"), mark("criteria"), mark("quantities"), mark("values of the record"), mark("ratio of odds ratios"),
    mark("options or regimens"), mark("cells a kilogram"), mark("fraction a year"),
    mark("year"), mark("money a QALY"), mark("percent of the cells given so far"),
)  # fmt: skip
FAMILY = (
    mark("standard care"), mark("cells"), mark("growth factor"), mark("apheresis"), mark("drug"), mark("lifestyle"),
    mark("procedure"), mark("transplant"), mark("combination"),
)  # fmt: skip
STATISTIC = (mark("median"), mark("mean"))

CLASSES = (
    mark("indeterminate"), mark("mixed"), mark("cholestatic"), mark("hepatocellular"), mark("severe"),
    mark("not severe"), mark("responder"), mark("non-responder"), mark("below 9"), mark("9 or more"),
    mark("below 11"), mark("11 or more"), mark("up to 0.30"), mark("above 0.30"), mark("below 49"), mark("49 or more"),
    mark("endoscopy advised"), mark("endoscopy can be spared"), mark("CSPH ruled out"), mark("CSPH undetermined"),
    mark("CSPH probable"), mark("CSPH ruled in"), mark("no cACLD"), mark("suggestive of cACLD"),
    mark("highly suggestive of cACLD"), mark("20 to 25 kPa"), mark("25 kPa or more"), mark("low"), mark("high"),
    mark("in range"),
)  # fmt: skip


def enumerated() -> tuple[str, ...]:
    """Return every enumerated word but the certainties."""
    return (
        *STATUS, *VERDICT, *BASIS, *URGENCY, *FIT, *RULE, *RECRUITMENT, *SCREENED, *UNITS, *FAMILY, *STATISTIC, *CLASSES
    )  # fmt: skip


def certainties() -> dict[str, str]:
    """Return each certainty of the contract with its word in the language now spoken."""
    return {
        "very low": say_as("certainty", "very low"),
        "low": say_as("certainty", "low"),
        "moderate": say_as("certainty", "moderate"),
        "high": say_as("certainty", "high"),
    }
