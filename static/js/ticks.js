// Ticks of a list: all at once, and the button says how many. Without it the button says «aux personnes cochées».

for (const form of document.querySelectorAll("form[data-ticks]")) {
  const boxes = [...form.querySelectorAll("input[type=checkbox]")];
  const label = form.querySelector("button[type=submit] span");
  const words = (count) => form.querySelector(`[data-tick-words="${count > 1 ? "many" : count}"]`).textContent;
  const all = form.querySelector("[data-tick-all]");
  const group = [...form.querySelectorAll("[data-tick-group] input")];
  const say = () => {
    const count = boxes.filter((box) => box.checked).length;
    label.textContent = words(count).replace("{n}", count);
  };
  if (all) all.hidden = false;
  all?.addEventListener("click", () => {
    for (const box of group) box.checked = true;
    say();
  });
  form.addEventListener("change", say);
  addEventListener("pageshow", say); // the browser's Back brings ticks back
}
