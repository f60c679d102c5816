"""An interview guide as a page to print: what is read out, what is asked, and room for notes."""

from markupsafe import Markup, escape

from cop.fieldwork.forms.questionnaires import Questionnaire, wording

STYLE = """
@page { size: A4; margin: 18mm 16mm }
body { font: 11pt/1.4 "Noto Sans", "DejaVu Sans", Calibri, Arial, sans-serif; color: #1a1a1a;
  max-width: 178mm; margin: 0 auto; padding: 6mm }
h1 { font-size: 18pt; line-height: 1.2; color: #1f3864; margin: 0 0 2mm }
h2 { font-size: 13pt; color: #1f3864; border-bottom: 0.4mm solid #1f3864; margin: 7mm 0 2mm;
  break-after: avoid }
.draft { color: #8a0000; font-weight: bold } .rule { border: 0.4mm solid #1f3864; padding: 2mm 3mm }
.facts { display: grid; grid-template-columns: 1fr 1fr; gap: 1mm 8mm; margin: 0; padding: 0;
  list-style: none }
.facts li { border-bottom: 0.25mm solid #767676; min-height: 9mm; display: flex;
  align-items: flex-end }
.box { display: inline-block; width: 4mm; height: 4mm; border: 0.4mm solid #1a1a1a;
  margin-right: 2mm; vertical-align: -0.5mm }
ol { padding-left: 8mm; margin: 0 } li.asked { margin: 3mm 0; break-inside: avoid }
.asked p { margin: 0; font-weight: bold }
.notes i { display: block; height: 8mm; border-bottom: 0.25mm solid #767676 }
blockquote { margin: 0; padding: 2mm 4mm; background: #eef3fa; border-left: 1.5mm solid #1f3864 }
footer { margin-top: 6mm; font-size: 9pt; color: #404040 }
@media print { body { padding: 0 } }
"""
PAGE = """<!DOCTYPE html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{marked}</title>
<style>{style}</style>
</head>
<body>
<main>
<h1>{title}</h1>
{draft}
<p class="rule">{words[guide_rule]}</p>
{facts}
<h2>{words[guide_read]}</h2>
<blockquote>{consent}</blockquote>
{boxes}
{parts}
</main>
<footer>{foot}</footer>
</body>
</html>
"""
LINES = Markup("<i></i>") * 4
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def page(guide: Questionnaire, language: str, words: dict[str, str]) -> str:
    """Give the HTML of a form's guide to interviews in one language, with phrases, no script."""
    spoken, parts = guide.spoken[language], []
    number = 1
    for block in guide.blocks:
        parts.append(_part(block, language, words, number))
        number += len(block.questions)
    draft = Markup('<p class="draft">{}</p>').format(spoken.notice) if spoken.draft else ""
    return Markup(PAGE).format(
        lang=spoken.tag,
        policy=POLICY,
        marked=guide.titled(language),
        style=Markup(STYLE),
        title=wording(guide.title, language),
        draft=draft,
        facts=_facts(words),
        consent=wording(guide.consent, language),
        boxes=_boxes([words["guide_agreed"], words["guide_quote"]]),
        parts=Markup("\n").join(parts),
        foot=f"{guide.id} {guide.version} {spoken.name}",
        words=words,
    )


def _facts(words):
    names = ("guide_code", "guide_date", "guide_function", "guide_category", "guide_place")
    lines = Markup("").join(Markup("<li>{}:</li>").format(words[name]) for name in names)
    return Markup('<ul class="facts">{}</ul>').format(lines)


def _boxes(texts):
    box = Markup('<p><span class="box"></span>{}</p>')
    return Markup("").join(box.format(text) for text in texts)


def _part(block, language, words, number):
    """Give one part of the conversation: its questions with lines for notes."""
    # Lines are borders and not a background, which many printers leave out.
    notes = Markup('<div class="notes" role="img" aria-label="{}">{}</div>').format(
        words["guide_notes"], LINES
    )
    questions = Markup("\n").join(
        Markup('<li class="asked"><p>{}</p>{}</li>').format(wording(q.label, language), notes)
        for q in block.questions
    )
    title = escape(wording(block.title, language))
    return Markup('<section>\n<h2>{}</h2>\n<ol start="{}">\n{}\n</ol>\n</section>').format(
        title, number, questions
    )
