// The floating summary says the hour that is chosen; without JavaScript it says the day and the length.
for (const form of document.querySelectorAll("form[data-slots]")) {
  const words = form.querySelector(".summary .key");
  const base = words?.textContent;
  const show = () => {
    const hour = form.querySelector("input[type=radio]:checked")?.parentElement.querySelector("b");
    if (words && hour) words.textContent = `${base}, ${form.dataset.at} ${hour.textContent}`;
  };
  form.addEventListener("change", show);
  show();
}
