// Given to the served page only, never to the file: reloads at the same place when the page was made again.
(() => {
  const script = document.currentScript, KEY = `cop-place ${location.pathname}`;
  const top = element => element.getBoundingClientRect().top;
  const folds = () => [...document.querySelectorAll("details")];
  const keep = () => {
    const at = [...document.querySelectorAll("main [id]")].filter(one => one.getClientRects().length && top(one) <= 1).pop();
    const open = folds().map(one => one.open);
    sessionStorage.setItem(KEY, JSON.stringify({ id: at?.id, off: at ? top(at) : 0, y: scrollY, open }));
  };
  const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
  const restore = () => {
    const at = kept.id && document.getElementById(kept.id);
    scrollTo({ top: at ? scrollY + top(at) - kept.off : kept.y, behavior: "instant" });
  };
  history.scrollRestoration = "manual"; // the browser would go to the same height, where another text may stand by now
  if (kept) {
    sessionStorage.removeItem(KEY);
    folds().forEach((one, n) => { one.open = kept.open[n] ?? one.open; });
    restore();
    addEventListener("load", restore, { once: true });
  }
  let message = "";
  setInterval(async () => {
    const state = await fetch("state").then(answer => answer.json()).catch(() => null); // null: stopped
    if (!state) return;
    if (state.version > script.dataset.made) { keep(); location.reload(); }
    if (state.message === message) return;
    message = state.message;
    const bar = document.querySelector("#cop-said") ?? document.body.appendChild(document.createElement("pre"));
    bar.id = "cop-said";
    bar.setAttribute("role", "alert");
    bar.style = "position:fixed;inset:auto 0 0 0;margin:0;padding:1rem;max-height:40vh;overflow:auto;white-space:pre-wrap;background:#7a1f1f;color:#fff;z-index:9";
    bar.textContent = message;
    bar.hidden = !message;
  }, 300);
})();
