// What is wrong with the figures of a page: texts that are cut, overlap or are too small, and parts
// that hold more than they show.
least => {
    const faults = [], say = (figure, what, text) =>
        faults.push(`${figure.querySelector('.message').textContent}: ${what}: ${text}`);
    const apart = (a, b) => a.right - 1 <= b.left || b.right - 1 <= a.left
        || a.bottom - 2.5 <= b.top || b.bottom - 2.5 <= a.top;
    for (const figure of document.querySelectorAll('figure.chart')) {
        for (const part of [figure, ...figure.querySelectorAll('.picture, .picture *')])
            if (!part.closest('svg') && !part.matches('.unseen') && part.clientWidth
                && part.scrollWidth > part.clientWidth + 1)
                say(figure, 'holds more than it shows', part.textContent.slice(0, 60));
        for (const svg of figure.querySelectorAll('svg')) {
            const room = svg.getBoundingClientRect();
            const scale = room.width / svg.viewBox.baseVal.width;
            const texts = [...svg.querySelectorAll('text')].map(
                text => [text, text.getBoundingClientRect()]);
            texts.forEach(([text, box], i) => {
                if (box.left < room.left - 1 || box.right > room.right + 1
                    || box.top < room.top - 1 || box.bottom > room.bottom + 1)
                    say(figure, 'is cut', text.textContent);
                if (parseFloat(getComputedStyle(text).fontSize) * scale < least)
                    say(figure, 'is too small', text.textContent);
                for (const [other, its] of texts.slice(i + 1))
                    if (!apart(box, its))
                        say(figure, 'overlaps', `${text.textContent} / ${other.textContent}`);
            });
        }
    }
    return faults;
}
