/** A text area with line numbers: the same face as `MirrorEditor`, for where CodeMirror is not installed. */
import { fill, h } from "../dom.js";

export class PlainEditor {
  constructor(place, text, on) {
    this.on = on;
    this.stops = new Set();
    this.marks = {};
    this.numbers = h("div", { class: "numbers", onclick: (event) => this.clicked(event) });
    this.area = h("textarea", {
      spellcheck: "false", autocapitalize: "off", autocomplete: "off", autocorrect: "off", wrap: "off",
      "aria-label": "Python program. Escape leaves the editor.",
      oninput: () => { this.hasLeft = false; this.draw(); on.change(this.text()); },
      onscroll: () => { this.numbers.scrollTop = this.area.scrollTop; },
      onkeydown: (event) => this.key(event),
    });
    this.area.value = text;
    this.element = h("div", { class: "plain" }, this.numbers, this.area);
    place.append(this.element);
    this.draw();
  }

  remove() {
    this.element.remove();
  }

  text() {
    return this.area.value;
  }

  setText(text) {
    this.area.value = text;
    this.mark({});
    this.on.change(text);
  }

  refresh() {
    this.draw();
  }

  focus() {
    this.area.focus();
  }

  get breakpoints() {
    return this.stops;
  }

  currentLine() {
    return this.area.value.slice(0, this.area.selectionStart).split("\n").length;
  }

  toggleStop(line) {
    if (!this.stops.delete(line)) this.stops.add(line);
    this.draw();
    this.on.stops(this.stops);
  }

  mark(marks) {
    this.marks = marks;
    this.draw();
    if (marks.now) this.reveal(marks.now);
  }

  clear() {
    this.mark({});
  }

  draw() {
    const { marks } = this;
    const rows = this.area.value.split("\n").map((_, index) => {
      const line = index + 1;
      const [name, sign] = line === marks.now ? ["now", "▶"] : this.stops.has(line) ? ["stop", "●"]
        : marks.wrote?.includes(line) ? ["wrote", "◆"] : ["", ""];
      const light = line === marks.fault ? "line-fault" : line === marks.now ? "line-now" : line === marks.last
        ? "line-last" : "";
      return h("div", { class: `number ${light}`, "data-line": line }, h("span", { class: `mark ${name}` }, sign),
        h("b", {}, line));
    });
    fill(this.numbers, rows);
    this.numbers.scrollTop = this.area.scrollTop;
  }

  clicked(event) {
    const line = Number(event.target.closest("[data-line]")?.dataset.line);
    if (line) this.toggleStop(line);
  }

  key(event) {
    if (event.key === "Escape") {
      this.hasLeft = true;
      this.area.blur();
      this.on.leave();
    } else if (event.key === "Tab" && !event.shiftKey && !event.ctrlKey && !event.altKey && !this.hasLeft) {
      event.preventDefault();
      this.insert("    ");
    } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      const line = this.area.value.slice(0, this.area.selectionStart).split("\n").pop();
      event.preventDefault();
      this.insert("\n" + /^ */.exec(line)[0] + (/:\s*$/.test(line) ? "    " : ""));
    }
  }

  insert(text) {
    this.hasLeft = false;
    this.area.setRangeText(text, this.area.selectionStart, this.area.selectionEnd, "end");
    this.draw();
    this.on.change(this.text());
  }

  reveal(line) {
    const top = (line - 1) * 22;
    if (top < this.area.scrollTop || top > this.area.scrollTop + this.area.clientHeight - 44) {
      this.area.scrollTop = Math.max(0, top - this.area.clientHeight / 2);
    }
  }

  goToLine(line) {
    const before = this.area.value.split("\n").slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    this.area.focus();
    this.area.setSelectionRange(before, before);
    this.reveal(line);
  }
}
