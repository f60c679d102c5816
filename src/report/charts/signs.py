"""The signs of what is known, with their words: never colour alone, never a blank."""

from report import page
from report.page import Shown

# The sign of each word, and the ground that it stands on, named as the statuses' in report.css.
WORDS = {word: (sign, word.replace(" ", "-")) for word, sign in page.SIGNS.items()} | {
    "in force": ("●", "in-place"),
    "adopted": ("●", "in-place"),
    "draft": ("◐", "partly-in-place"),
    "under validation": ("◆", "partly-in-place"),
    "validated": ("●", "in-place"),
    "expired": ("×", "not-in-place"),
    "yes": ("●", "in-place"),
    "partly": ("◐", "partly-in-place"),
    "no": ("○", "not-in-place"),
    "not known": ("?", "no-public-evidence"),
    "agree": ("●", "in-place"),
    "agree in part": ("◐", "partly-in-place"),
    "differ": ("≠", "not-in-place"),
    "only one source": ("○", "no-public-evidence"),
    "no source": ("–", "not-assessed"),
    "silent": ("–", "not-assessed"),
    "strength": ("▲", "in-place"),
    "both": ("◆", "partly-in-place"),
    "gap": ("▼", "not-in-place"),
}


def signed(word: str) -> Shown:
    """Give a word with its sign; one without a sign of its own stands alone."""
    sign, ground = WORDS.get(word, ("", "not-assessed"))
    return Shown('<span class="status {}"><span aria-hidden="true">{}</span> {}</span>').format(
        ground, sign, word
    )


def unseen(text: str) -> Shown:
    """Give a text for those who hear the page: what a picture says to others."""
    return Shown('<span class="unseen">{}</span>').format(text)
