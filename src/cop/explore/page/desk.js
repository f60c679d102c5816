// What a browser must do itself: put a call on the clipboard, and turn a drawn chart into a PNG. It asks no network.
window.copDesk = {
  async copy(button) {
    const call = button.dataset.call;
    try {
      await navigator.clipboard.writeText(call);
    } catch {  // an older browser, or a page that is not served from this computer
      const field = Object.assign(document.createElement("textarea"), { value: call });
      button.after(field);
      field.select();
      document.execCommand("copy");
      field.remove();
    }
    copDesk.say(button, "Copied");
  },
  async png(button) {
    const drawn = new Image();
    drawn.src = button.closest(".cop-panel").querySelector("a[download$='.svg']").href;
    await drawn.decode();
    const canvas = Object.assign(document.createElement("canvas"), {
      width: 3 * drawn.naturalWidth, height: 3 * drawn.naturalHeight,
    });
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(drawn, 0, 0, canvas.width, canvas.height);
    Object.assign(document.createElement("a"), {
      href: canvas.toDataURL("image/png"), download: button.dataset.name,
    }).click();
    copDesk.say(button, "Saved");
  },
  say(button, word) {
    button.dataset.word ??= button.textContent;
    button.textContent = word;
    setTimeout(() => { button.textContent = button.dataset.word; }, 1200);
  },
};
