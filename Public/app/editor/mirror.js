/** CodeMirror with markers for the running line, the one before, breakpoints, and lines that wrote a cell. */
import { h } from "../dom.js";

export class MirrorEditor {
  constructor(CodeMirror, place, text, on) {
    this.on = on;
    this.stops = new Set();
    this.lit = [];
    // After Escape the Tab key moves on through the page, until something is typed: no trap for the keyboard.
    const others = {
      "Ctrl-/": "toggleComment", "Cmd-/": "toggleComment",
      Esc: (mirror) => { mirror.setOption("extraKeys", leaving); mirror.getInputField().blur(); on.leave(); },
    };
    const leaving = { ...others, Tab: false, "Shift-Tab": false };
    const staying = {
      ...others, "Shift-Tab": "indentLess",
      Tab: (mirror) => (mirror.somethingSelected() ? mirror.indentSelection("add")
        : mirror.execCommand("insertSoftTab")),
    };
    this.mirror = CodeMirror((element) => place.append(element), {
      value: text, mode: "python", lineNumbers: true, indentUnit: 4, matchBrackets: true, autoCloseBrackets: true,
      // An editable element instead of a hidden field: screen readers and phones know what to do with it.
      inputStyle: "contenteditable",
      gutters: ["marks", "CodeMirror-linenumbers"], viewportMargin: 20,
      extraKeys: staying,
    });
    const field = this.mirror.getInputField();
    for (const [name, value] of Object.entries({
      role: "textbox", "aria-multiline": "true", "aria-label": "Python program. Escape leaves the editor.",
    })) field.setAttribute(name, value);
    const stay = () => this.mirror.setOption("extraKeys", staying);
    this.mirror.on("change", () => { stay(); on.change(this.text()); });
    this.mirror.on("mousedown", stay);
    this.mirror.on("gutterClick", (_, line) => this.toggleStop(line + 1));
  }

  text() {
    return this.mirror.getValue();
  }

  setText(text) {
    this.mirror.setValue(text);
    this.clear();
  }

  /** Draws again what was changed while it was out of sight. */
  refresh() {
    this.mirror.refresh();
  }

  focus() {
    this.mirror.focus();
  }

  get breakpoints() {
    return this.stops;
  }

  toggleStop(line) {
    if (!this.stops.delete(line)) this.stops.add(line);
    this.draw();
    this.on.stops(this.stops);
  }

  currentLine() {
    return this.mirror.getCursor().line + 1;
  }

  adopt(plain) {
    this.stops = new Set(plain.breakpoints);
    if (plain.marks) this.mark(plain.marks);
  }

  /** Shows where the program is: `{now, last, wrote: [lines], fault}`; all may be missing. */
  mark(marks) {
    this.marks = marks;
    this.draw();
    if (marks.now) this.reveal(marks.now);
  }

  clear() {
    this.mark({});
  }

  draw() {
    const { mirror, marks = {} } = this;
    mirror.operation(() => {
      for (const [line, name] of this.lit) mirror.removeLineClass(line, "background", name);
      this.lit = [];
      mirror.clearGutter("marks");
      const light = (line, name) => {
        if (line && line <= mirror.lineCount()) this.lit.push([mirror.addLineClass(line - 1, "background", name),
          name]);
      };
      light(marks.last, "line-last");
      light(marks.now, "line-now");
      light(marks.fault, "line-fault");
      const sign = (line, name, text, label) =>
        line && line <= mirror.lineCount() && mirror.setGutterMarker(line - 1, "marks",
          h("span", { class: `mark ${name}`, title: label }, text));
      for (const line of marks.wrote ?? []) sign(line, "wrote", "◆", "wrote a cell");
      for (const line of this.stops) sign(line, "stop", "●", "breakpoint");
      sign(marks.now, "now", "▶", "this line is next");
    });
  }

  reveal(line) {
    const { top, bottom } = this.mirror.charCoords({ line: line - 1, ch: 0 }, "local");
    const { top: from, clientHeight } = this.mirror.getScrollInfo();
    if (top < from + 20 || bottom > from + clientHeight - 20)
      this.mirror.scrollTo(null, Math.max(0, top - clientHeight / 2));
  }

  goToLine(line, column = 0) {
    this.mirror.setCursor(line - 1, column);
    this.mirror.focus();
    this.reveal(line);
  }
}
