// The elements of a page that run out of its width, and the texts that run out of their drawing.
width => [
    ...[...document.querySelectorAll("main *, header *, footer *")].filter(e => {
        const box = e.getBoundingClientRect();
        return box.width && box.right > width + 1 && !e.closest(".table, svg, .unseen");
    }).map(e => e.outerHTML.slice(0, 120)),
    ...[...document.querySelectorAll("svg.drawn text")].filter(e => {
        const text = e.getBoundingClientRect(), svg = e.closest("svg").getBoundingClientRect();
        return text.right > svg.right + 2 || text.left < svg.left - 2;
    }).map(e => e.textContent),
]
