/**
 * On a kiosk: thirty seconds before it signs out, it asks whether somebody is still there. The server counts too:
 * signs of life are told to it, and without one for two minutes the session is over whatever this script does.
 */
const WARN_AFTER = 90_000; // milliseconds
const OUT_AFTER = 120_000;
const TELL_EVERY = 20_000;

const warning = document.querySelector("[data-kiosk-warning]");
const left = warning?.querySelector("[data-kiosk-left]");
let seen = Date.now();
let told = Date.now();

async function tell() {
  told = Date.now();
  const answer = await fetch(warning.dataset.alive, { cache: "no-store" }).catch(() => null);
  if (answer?.status === 205) leave();
}

function leave() {
  warning.querySelector("[data-kiosk-leave]").requestSubmit();
}

function live() {
  if (warning.open) return; // once asked, only an answer counts
  seen = Date.now();
  if (seen - told > TELL_EVERY) tell();
}

function stay() {
  warning.close();
  seen = Date.now();
  tell();
}

function look() {
  const idle = Date.now() - seen;
  if (idle >= OUT_AFTER) return leave();
  if (idle >= WARN_AFTER) {
    if (!warning.open) warning.showModal();
    left.textContent = `${Math.ceil((OUT_AFTER - idle) / 1000)} s`;
  }
}

if (warning) {
  for (const sign of ["pointerdown", "keydown", "scroll", "touchmove"]) addEventListener(sign, live, { passive: true });
  warning.querySelector("[data-kiosk-stay]").addEventListener("click", stay);
  warning.addEventListener("cancel", stay);
  const clock = setInterval(look, 1000);
  warning.querySelector("[data-kiosk-leave]").addEventListener("submit", () => clearInterval(clock));
}
