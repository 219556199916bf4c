// Moves the bar of work in the background; when its state changes, the page comes anew and says what came of it.

const PAUSE = 1500; // milliseconds

async function look(box) {
  try {
    const answer = await fetch(box.dataset.progress, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const now = await answer.json();
    if (now.state !== box.dataset.state) {
      location.reload();
      return;
    }
    const bar = box.querySelector("progress");
    bar.max = now.total;
    bar.value = now.done;
    box.querySelector("[data-said]").textContent = now.said;
  } catch {
    // the network is away for a moment: look again
  }
  setTimeout(look, PAUSE, box);
}

for (const box of document.querySelectorAll("[data-progress]")) {
  if (box.dataset.state === "open" || box.dataset.state === "stalled") setTimeout(look, PAUSE, box);
}
