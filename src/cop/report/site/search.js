"use strict";
(() => {
  const KIND = JSON.parse(document.getElementById("kinds").textContent);
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const stored = ["title", "address", "kind", "place"];
  const raw = JSON.parse(document.getElementById("index").textContent);
  for (const id in raw.storedFields) {
    raw.storedFields[id] = Object.fromEntries(raw.storedFields[id].map((value, i) => [stored[i], value]));
  }
  const engine = MiniSearch.loadJS(raw, {
    fields: ["title", "about"],
    storeFields: stored,
    tokenize: (text) => fold(text).split(/[^\p{L}\p{N}]+/u).filter(Boolean),
    processTerm: (term) => term,
  });
  const form = document.querySelector("form.search");
  const field = document.getElementById("q");
  const list = document.querySelector("ul.results");
  const said = document.getElementById("said");
  const options = { prefix: true, fuzzy: (term) => (term.length > 4 ? 0.2 : false), boost: { title: 2 } };
  const MOST = 60;

  const found = (words) => {
    const every = engine.search(words, { ...options, combineWith: "AND" });
    return every.length ? every : engine.search(words, options);
  };
  const shown = (one) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    const about = document.createElement("span");
    link.href = one.address;
    link.textContent = one.title;
    about.textContent = one.place && one.place !== one.title ? `${KIND[one.kind]} · ${one.place}` : KIND[one.kind];
    item.append(link, about);
    return item;
  };
  const answer = () => {
    const words = field.value.trim();
    const all = words ? found(words) : [];
    list.replaceChildren(...all.slice(0, MOST).map(shown));
    said.textContent = !words ? "" : all.length > MOST ? said.dataset.many.replace("{n}", all.length).replace("{most}", MOST)
      : all.length ? said.dataset.some.replace("{n}", all.length) : said.dataset.none;
  };
  field.value = new URLSearchParams(location.search).get("q") || "";
  field.addEventListener("input", answer);
  form.addEventListener("submit", (event) => { event.preventDefault(); answer(); });
  document.documentElement.classList.add("searches");
  answer();
})();
