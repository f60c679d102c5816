// Of each table and list of a page only what differs in kind is left: an element is removed whose
// elements are each like one before it, with the same tag, class, style and state.
() => {
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
}
