"""Values that look like e-mail addresses never leave the collector (rules.md §2)."""

import re
from typing import Final

MASK: Final = "[masked]"

# Bounded parts keep the search linear in the text, whatever a client sends.
_PART: Final = r"[^\s@/?#&=;,:\"'()<>]"
_EMAIL: Final = re.compile(
    rf"{_PART}{{1,64}}(?:@|%40){_PART}{{1,253}}\.[^\W\d_]{{2,}}", re.IGNORECASE
)


def mask(text: str) -> str:
    """The text with everything in it that looks like an e-mail address masked."""
    return _EMAIL.sub(MASK, text) if "@" in text or "%40" in text else text
