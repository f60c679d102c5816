// Adds a launcher entry for each country with research data, which opens explore.ipynb for this country and runs it.
// Written in the format that JupyterLab loads (a module federation container), so that it needs no build step.
(() => {
  const NOTEBOOK = "desk/explore.ipynb", CHOSEN = "outputs/explore/country.txt";
  const MAP = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path class="jp-icon3" fill="#616161" d="M12 2a7 7 0 0 0-7 7c0 5.2 7 13 7 13s7-7.8
    7-13a7 7 0 0 0-7-7zm0 9.6A2.6 2.6 0 1 1 12 6.4a2.6 2.6 0 0 1 0 5.2z"/></svg>`;
  let shared;

  const module = async name => (await Object.values(shared[name])[0].get())();

  const cells = line => [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(m => m[1].replace(/^"|"$/g, "").replaceAll('""', '"'));

  async function countries(contents) {
    const folders = (await contents.get("data/research", { content: true })).content.filter(one => one.type === "directory");
    const begun = new Set(folders.map(one => one.name));
    const table = (await contents.get("data/reference/countries.csv", { type: "file", format: "text", content: true })).content;
    const [head, ...rows] = table.replace(/^\ufeff/, "").split(/\r?\n/).map(cells);
    return rows.map(row => ({ iso3: row[head.indexOf("iso3")], name: row[head.indexOf("name_en")] })).filter(one => begun.has(one.iso3));
  }

  async function open(app, iso3) {
    const { contents } = app.serviceManager;
    const folder = CHOSEN.slice(0, CHOSEN.lastIndexOf("/"));
    await contents.get(folder).catch(() => contents.save(folder, { type: "directory" }));
    await contents.save(CHOSEN, { type: "file", format: "text", content: iso3 });
    const panel = await app.commands.execute("docmanager:open", { path: NOTEBOOK });
    await panel.context.ready;
    await panel.sessionContext.ready;
    await app.commands.execute("notebook:run-all-cells");
  }

  // Running all cells scrolls to the last cell. Scroll back to the first.
  function beginAtTheTop(app) {
    app.commands.commandExecuted.connect(async (_, { id, result }) => {
      const panel = app.shell.currentWidget;
      if (id !== "notebook:run-all-cells" || panel?.context?.path !== NOTEBOOK) return;
      await result;
      const { content } = panel;
      content.activeCellIndex = 0;
      content.mode = "command";
      for (let wait = 0; wait < 10; wait++) {  // outputs appear after their cell has run
        content.node.querySelector(".jp-WindowedPanel-outer")?.scrollTo(0, 0);
        content.node.scrollTo(0, 0);
        await new Promise(done => setTimeout(done, 100));
      }
    });
  }

  async function plugin() {
    const { ILauncher } = await module("@jupyterlab/launcher");
    const { LabIcon } = await module("@jupyterlab/ui-components");
    return {
      id: "cop-desk:launcher",
      autoStart: true,
      requires: [ILauncher],
      activate: async (app, launcher) => {
        app.commands.addCommand("cop:explore", {
          label: args => args.name || "Explore a country",
          caption: args => `Explore ${args.name} (${args.iso3})`,
          icon: new LabIcon({ name: "cop:place", svgstr: MAP }),
          execute: args => open(app, args.iso3),
        });
        beginAtTheTop(app);
        await app.serviceManager.ready;
        for (const [rank, one] of (await countries(app.serviceManager.contents)).entries())
          launcher.add({ command: "cop:explore", category: "Countries", rank, args: { ...one } });
      },
    };
  }

  (window._JUPYTERLAB ??= {})["cop-desk"] = {
    init: scope => { shared = scope; },
    get: async () => { const made = { default: await plugin(), __esModule: true }; return () => made; },
  };
})();
