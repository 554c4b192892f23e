/** The button "Écouter la page" reads the main part with the device's own voice; without one it stays hidden. */
function readAloud() {
  const button = document.querySelector("[data-read-aloud]");
  if (!button || !("speechSynthesis" in window)) return;
  button.hidden = false;
  const stop = () => {
    speechSynthesis.cancel();
    button.setAttribute("aria-pressed", "false");
  };
  button.addEventListener("click", () => {
    if (button.getAttribute("aria-pressed") === "true") {
      stop();
      return;
    }
    for (const sentence of sentences()) {
      const words = new SpeechSynthesisUtterance(sentence);
      words.lang = document.documentElement.lang;
      words.rate = 0.95;
      speechSynthesis.speak(words);
    }
    const end = new SpeechSynthesisUtterance("");
    end.onend = stop;
    speechSynthesis.speak(end);
    button.setAttribute("aria-pressed", "true");
  });
  addEventListener("pagehide", stop);
}

/** What is visible in the page, block by block, so that the voice breathes. */
function sentences() {
  const blocks = document.querySelectorAll("main :is(h1, h2, h3, p, li, dt, dd, th, td, label, legend, .btn)");
  return [...blocks]
    .filter((block) => block.checkVisibility?.() ?? block.offsetParent)
    .filter((block) => !block.querySelector("h1, h2, h3, p, li, dt, dd, label, .btn"))
    .map((block) => block.innerText.trim())
    .filter(Boolean);
}

readAloud();
