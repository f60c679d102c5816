// The words, numbers, days and numbers of items that break in the middle in the cells of tables.
() => {
const cells = [...document.querySelectorAll('.table td, .table th')];
return cells.flatMap(cell => {
    const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT), found = [];
    const day = '[0-9]{4}-[0-9]{2}-[0-9]{2}|[A-Z]{2,3}-[A-Z]{3,4}-[0-9]{2}';
    const one = new RegExp(day + '|[A-Za-z]{4,}|[0-9][0-9,.]*[0-9]', 'g');
    while (cell.getClientRects().length && texts.nextNode())
        for (const m of texts.currentNode.data.matchAll(one)) {
            const range = document.createRange();
            range.setStart(texts.currentNode, m.index);
            range.setEnd(texts.currentNode, m.index + m[0].length);
            const lines = new Set([...range.getClientRects()].map(r => Math.round(r.top)));
            // a day or number that stands within a sentence may break at its hyphens
            const alone = m[0] === texts.currentNode.data.trim() || !m[0].includes('-');
            if (lines.size > 1 && alone) found.push(m[0]);
        }
    return found;
});
}
