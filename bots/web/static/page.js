// While something is drawn, ask how far it is and show the new page when an answer is there. Without scripts a reload does the same.
const body = document.body;
const text = document.getElementById("text");

text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    text.form.requestSubmit();
  }
});

async function ask() {
  const response = await fetch(location.pathname + "/state");
  if (!response.ok) return;
  const state = await response.json();
  if (String(state.version) !== body.dataset.version) {
    location.reload();
    return;
  }
  for (const bar of document.querySelectorAll("progress[data-job]")) {
    const standing = state.progress[bar.dataset.job];
    if (standing) bar.value = standing.fraction;
  }
  setTimeout(ask, 300);
}

if (Number(body.dataset.open) > 0) setTimeout(ask, 200);
