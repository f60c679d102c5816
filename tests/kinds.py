"""What a page holds many times over, once: for what is asked of each kind and takes long."""

# A row or step of which each element is like one before it in the same table or list: the same tag,
# class, style and state. What it says is another, and no matter of looks.
_ONE_OF_EACH = """() => {
    const kind = e => [e.tagName, ...[...e.attributes].filter(
        a => !/^(id|href|title|download|aria-label|alt)$/.test(a.name)
    ).map(a => a.name + a.value)].join();
    for (const many of document.querySelectorAll('tbody, main ol, main ul')) {
        const seen = new Set();
        for (const one of [...many.children]) {
            const own = [one, ...one.querySelectorAll('*')].map(kind);
            if (own.every(k => seen.has(k))) one.remove();
            own.forEach(k => seen.add(k));
        }
    }
}"""


def one_of_each(page):
    """Leave of each table and list of an open page what differs in kind; the rest is removed."""
    page.evaluate(_ONE_OF_EACH)
