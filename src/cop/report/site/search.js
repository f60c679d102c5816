"use strict";
(() => {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const KIND = read("kinds"), FIELDS = ["address", "title", "kind", "place", "about"], MOST = 60;
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const entries = read("entries").map((row, id) => Object.fromEntries([["id", id], ...row.map((cell, i) => [FIELDS[i], cell])]));
  const engine = new MiniSearch({
    fields: ["title", "about", "place"],
    storeFields: FIELDS,
    tokenize: (text) => fold(text).split(/[^\p{L}\p{N}]+/u).filter(Boolean),
    processTerm: (term) => term,
  });
  engine.addAll(entries);
  const form = document.querySelector("form.search");
  const field = document.getElementById("q");
  const list = document.querySelector("ul.results");
  const said = document.getElementById("said");
  const options = { prefix: true, fuzzy: (term) => (term.length > 4 ? 0.2 : false), boost: { title: 2 } };

  const find = (words) => {
    const all = engine.search(words, { ...options, combineWith: "AND" });
    return all.length ? all : engine.search(words, options);
  };
  const show = (entry) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    const about = document.createElement("span");
    link.href = entry.address;
    link.textContent = entry.title;
    about.textContent = entry.place && entry.place !== entry.title ? `${KIND[entry.kind]} · ${entry.place}` : KIND[entry.kind];
    item.append(link, about);
    return item;
  };
  const answer = () => {
    const words = field.value.trim();
    const all = words ? find(words) : [];
    list.replaceChildren(...all.slice(0, MOST).map(show));
    said.textContent = !words ? "" : all.length > MOST ? said.dataset.many.replace("{n}", all.length).replace("{most}", MOST)
      : all.length ? said.dataset.some.replace("{n}", all.length) : said.dataset.none;
  };
  field.value = new URLSearchParams(location.search).get("q") || "";
  field.addEventListener("input", answer);
  form.addEventListener("submit", (event) => { event.preventDefault(); answer(); });
  document.documentElement.classList.add("searches");
  answer();
})();
