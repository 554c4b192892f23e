// A frame on the photo that is about to be sent: by finger, mouse or keyboard. What is outside is never kept.
// Without it the same four numbers are typed. A heavy photo is drawn smaller here, which also forgets where it was taken.

const HEAVIEST = 8 * 1024 * 1024;
const LONGEST = 2048;
const GRIP = 0.08; // how near a corner, in parts of the photo, takes hold of it

const fold = document.querySelector("[data-crop]");
const input = document.querySelector("input[type=file][name=photo]");
if (fold && input) start();

function start() {
  const fields = Object.fromEntries(["left", "top", "width", "height"].map((name) => [name, fold.querySelector(`[name=${name}]`)]));
  const canvas = document.createElement("canvas");
  canvas.tabIndex = 0;
  canvas.hidden = true;
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label", fold.dataset.label);
  fold.querySelector("summary").after(canvas);
  let photo = null;

  const frame = () => Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, Number(field.value) || 0]));

  function put({ left, top, width, height }) {
    const within = (value, least, most) => Math.round(Math.min(Math.max(value, least), most));
    fields.width.value = within(width, 5, 100);
    fields.height.value = within(height, 5, 100);
    fields.left.value = within(left, 0, 100 - Number(fields.width.value));
    fields.top.value = within(top, 0, 100 - Number(fields.height.value));
    draw();
  }

  function draw() {
    if (!photo) return;
    const { left, top, width, height } = frame();
    const pen = canvas.getContext("2d");
    pen.drawImage(photo, 0, 0, canvas.width, canvas.height);
    const [x, y, w, h] = [(left * canvas.width) / 100, (top * canvas.height) / 100, (width * canvas.width) / 100, (height * canvas.height) / 100];
    pen.fillStyle = "rgb(0 0 0 / 65%)";
    pen.beginPath();
    pen.rect(0, 0, canvas.width, canvas.height);
    pen.rect(x, y, w, h);
    pen.fill("evenodd");
    pen.lineWidth = 4;
    pen.strokeStyle = "#FFC63F";
    pen.strokeRect(x, y, w, h);
  }

  input.addEventListener("change", async () => {
    photo = null;
    canvas.hidden = true;
    input.setCustomValidity("");
    const file = input.files[0];
    if (!file) return;
    try {
      photo = await createImageBitmap(file, { imageOrientation: "from-image" });
    } catch {
      return; // the house says what it cannot read
    }
    await lighten(file);
    if (input.files[0].size > HEAVIEST) input.setCustomValidity(fold.dataset.heavy);
    const scale = Math.min(1, 640 / photo.width, 480 / photo.height);
    canvas.width = Math.round(photo.width * scale);
    canvas.height = Math.round(photo.height * scale);
    canvas.hidden = false;
    put({ left: 0, top: 0, width: 100, height: 100 });
  });

  // A smaller photo leaves faster and costs less; when the browser cannot, the whole one is sent.
  async function lighten(file) {
    if (Math.max(photo.width, photo.height) <= LONGEST && file.size < HEAVIEST / 8) return;
    const scale = Math.min(1, LONGEST / Math.max(photo.width, photo.height));
    const sheet = document.createElement("canvas");
    sheet.width = Math.round(photo.width * scale);
    sheet.height = Math.round(photo.height * scale);
    sheet.getContext("2d").drawImage(photo, 0, 0, sheet.width, sheet.height);
    const blob = await new Promise((done) => sheet.toBlob(done, "image/jpeg", 0.9));
    if (!blob || blob.size >= file.size) return;
    try {
      const chosen = new DataTransfer();
      chosen.items.add(new File([blob], "photo.jpg", { type: "image/jpeg" }));
      input.files = chosen.files;
    } catch {
      // An old browser: the photo goes as it is.
    }
  }

  canvas.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [-2, 0], ArrowRight: [2, 0], ArrowUp: [0, -2], ArrowDown: [0, 2] }[event.key];
    if (!step) return;
    event.preventDefault();
    const now = frame();
    if (event.shiftKey) put({ ...now, width: now.width + step[0], height: now.height + step[1] });
    else put({ ...now, left: now.left + step[0], top: now.top + step[1] });
  });

  let hold = null; // where the finger took hold, of what, and the frame it had

  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * 100, ((event.clientY - box.top) / box.height) * 100];
  };

  canvas.addEventListener("pointerdown", (event) => {
    const [x, y] = at(event);
    const now = frame();
    const near = (one, other) => Math.abs(one - other) < GRIP * 100;
    const corner = near(x, now.left + now.width) && near(y, now.top + now.height);
    const first = near(x, now.left) && near(y, now.top);
    hold = { x, y, now, part: corner ? "end" : first ? "start" : "all" };
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!hold) return;
    const [x, y] = at(event);
    const [dx, dy] = [x - hold.x, y - hold.y];
    const { now } = hold;
    if (hold.part === "end") put({ ...now, width: now.width + dx, height: now.height + dy });
    else if (hold.part === "start") put({ left: now.left + dx, top: now.top + dy, width: now.width - dx, height: now.height - dy });
    else put({ ...now, left: now.left + dx, top: now.top + dy });
  });
  canvas.addEventListener("pointerup", () => {
    hold = null;
  });
  for (const field of Object.values(fields)) field.addEventListener("input", draw);

  // A page that comes back does not bring the photo along: what is wrong beside it is said before it leaves.
  input.form.addEventListener("submit", (event) => {
    const wrong = input.files.length && input.form.querySelector("input:invalid, textarea:invalid, select:invalid");
    if (!wrong) return;
    event.preventDefault();
    say(wrong, wrong === input ? input.validationMessage : fold.dataset.missing);
  });
}

/** Say what is wrong above a field, where the house would say it, and go there. */
function say(field, words) {
  if (fold.contains(field)) fold.open = true;
  const id = `${field.id}-error`;
  let said = document.getElementById(id);
  if (!said) {
    said = document.createElement("p");
    said.className = "error";
    said.id = id;
    (field.closest("fieldset") ?? field).before(said);
    field.setAttribute("aria-describedby", `${field.getAttribute("aria-describedby") ?? ""} ${id}`.trim());
  }
  said.textContent = words;
  field.setAttribute("aria-invalid", "true");
  field.focus();
}
