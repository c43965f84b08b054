"""How easy Spanish is to read: the Fernández Huerta index, in its corrected form.

206.84 - 60 syllables a word - 1.02 words a sentence; 70 to 80 is what is read in the sixth year of school, 60 to 70
in the seventh and eighth. Formula and scale: https://legible.es/blog/lecturabilidad-fernandez-huerta/;
its correction: G. Law,
https://linguistlist.org/issues/22/22-2332/.
"""

from __future__ import annotations

import re

SIXTH_YEAR, EIGHTH_YEAR = 70.0, 60.0
VOWELS, WEAK = "aeiouáéíóúü", "iuü"


def syllables(word: str) -> int:
    """Return the syllables of a Spanish word: two vowels part where no weak one without accent joins them."""
    count, before = 0, ""
    for letter in re.sub("y$", "i", word.lower()):
        vowel = letter if letter in VOWELS else ""
        if vowel and not (before and (before in WEAK or vowel in WEAK)):
            count += 1
        before = vowel
    return max(count, 1)


def fernandez_huerta(text: str) -> float:
    """Return the index of a text: higher is easier."""
    sentences = [s for s in re.split(r"[.!?]+\s", text + " ") if re.search(r"\w", s)]
    found = re.findall(r"[a-záéíóúüñ]+", text.lower())
    return 206.84 - 60 * sum(map(syllables, found)) / len(found) - 1.02 * len(found) / len(sentences)
