"""Words that say what a firm is and not which: left out where names are compared, the same for search and linking."""

from __future__ import annotations

import re

COMPANY_WORDS = re.compile(
    r"\b(?:co|company|ltd|limited|llc|inc|corp|corporation|gmbh|plc|pte|sdn|bhd|pt|tbk|cong ty|tnhh|jsc"
    r"|joint stock|sa|the|mr|mrs|ms|dr)\b"
)
"""For names that are folded: small letters without accents, one space between words. Keys of register rows are made
with it and kept, so a change of the list needs all registers imported anew ("co phan" leaves its second word).
"""
