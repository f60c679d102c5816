"""The signs of what is known, with their words: never colour alone, never a blank."""

from markupsafe import escape

from cop.report import page
from cop.report.languages import N_, said
from cop.report.page import Shown

# The sign of each word, and the ground that it stands on, named as the statuses' in report.css.
WORDS = {word: (sign, word.replace(" ", "-")) for word, sign in page.SIGNS.items()} | {
    N_("in force"): ("●", "in-place"),
    N_("adopted"): ("●", "in-place"),
    N_("draft"): ("◐", "partly-in-place"),
    N_("under validation"): ("◆", "partly-in-place"),
    N_("validated"): ("●", "in-place"),
    N_("expired"): ("×", "not-in-place"),
    N_("yes"): ("●", "in-place"),
    N_("partly"): ("◐", "partly-in-place"),
    N_("no"): ("○", "not-in-place"),
    N_("not known"): ("?", "no-public-evidence"),
    N_("agree"): ("●", "in-place"),
    N_("agree in part"): ("◐", "partly-in-place"),
    N_("differ"): ("≠", "not-in-place"),
    N_("only one source"): ("○", "no-public-evidence"),
    N_("no source"): ("–", "not-assessed"),
    N_("silent"): ("–", "not-assessed"),
    N_("not sure enough"): ("?", "no-public-evidence"),
    N_("strength"): ("▲", "in-place"),
    N_("both"): ("◆", "partly-in-place"),
    N_("gap"): ("▼", "not-in-place"),
}


def signed(word: str) -> Shown:
    """Return a word of a chart with its sign; one without a sign of its own stands alone."""
    sign, ground = WORDS.get(word, ("", "not-assessed"))
    sign = f'<span aria-hidden="true">{sign}</span> {escape(said(word))}'
    return Shown(f'<span class="status {ground}">{sign}</span>')


def unseen(text: str) -> Shown:
    """Return a text that a chart has for those who hear the page: what it shows to others."""
    return Shown(f'<span class="unseen">{escape(text)}</span>')
