/** Lessons: the gallery by question, the lesson above the editor, and the quiz before the run. */
import { byId, fill, h, notify } from "../dom.js";
import { isRight, questionsFor } from "../logic/quiz.js";
import { api } from "../service/api.js";
import { prose } from "./prose.js";
import { closeSheet, openSheet } from "./sheet.js";

const badges = { holds: "holds", condition: "holds with a condition", fails: "does not hold" };
const badge = (verdict) => (verdict ? h("span", { class: `badge ${verdict}` }, badges[verdict]) : null);

export function mountLessons(desk, { edit, runUnseen, reveal, goTo, onLesson }) {
  const place = byId("lesson");
  let lessons = null, current = null;
  const load = async () => (lessons ??= (await api.lessons()).lessons);

  const open = async () => {
    const list = h("div", {}, h("p", {}, "Reading …"));
    const search = h("input", { type: "search", "aria-label": "Search the lessons",
      placeholder: "Search the lessons" });
    const only = h("select", { "aria-label": "Which lessons" }, h("option", { value: "" }, "All lessons"),
      h("option", { value: "claim" }, "Claims that tutorials make"),
      Object.entries(badges).map(([verdict, words]) => h("option", { value: verdict }, `Claims: ${words}`)));
    openSheet("Lessons", h("form", { class: "search", role: "search", onsubmit: (event) => event.preventDefault() },
      search, only), list);
    try {
      const all = await load();
      const show = () => fill(list, gallery(all.filter((lesson) => matches(lesson, search.value, only.value))));
      search.addEventListener("input", show);
      only.addEventListener("change", show);
      show();
    } catch (error) { fill(list, h("p", {}, error.message)); }
  };

  const gallery = (chosen) => {
    const topics = [...new Set(chosen.map(({ topic }) => topic))];
    if (!topics.length) return h("p", {}, "No lesson is like that.");
    return topics.map((topic) => [h("h3", {}, topic), h("ul", { class: "cards two" },
      chosen.filter((lesson) => lesson.topic === topic).map((lesson) =>
      h("li", {}, h("button", { type: "button", class: "card", onclick: () => { closeSheet(); show(lesson); } },
        h("span", { class: "line" }, h("strong", {}, lesson.question), badge(lesson.verdict)),
        h("small", {}, lesson.claim ? `“${lesson.claim}”` : lesson.title)))))]);
  };

  /** Puts a lesson above the editor, and its program into it. */
  const show = (lesson, quiet = false) => {
    current = lesson;
    const quiz = h("div", { class: "quiz" });
    const at = lessons.indexOf(lesson);
    const neighbour = (index, label) => h("button", { type: "button", class: "quiet", disabled: !lessons[index],
      onclick: () => show(lessons[index]) }, label);
    fill(place,
      h("header", {}, h("h2", {}, lesson.question), h("button",
        { type: "button", class: "round quiet", "aria-label": "Close the lesson", onclick: close }, "✕")),
      lesson.claim ? h("p", { class: "claim" }, "Claim: ", h("q", {}, prose(lesson.claim)), " ",
        badge(lesson.verdict)) : null,
      h("div", { class: "text" }, lesson.text.map((text) => h("p", {}, prose(text)))),
      h("div", { class: "buttons" },
        h("button", { type: "button", onclick: () => predict(quiz) }, "Predict, then run"),
        neighbour(at - 1, "◂ Previous"), neighbour(at + 1, "Next ▸")),
      quiz);
    place.hidden = false;
    place.classList.remove("asking");
    place.scrollTop = 0;
    if (!quiet) edit(lesson.code);
    onLesson(lesson.id);
  };

  const close = () => {
    current = null;
    place.hidden = true;
    onLesson(null);
  };

  const predict = async (quiz) => {
    fill(quiz, h("p", { role: "status" }, "Preparing the questions …"));
    try {
      const { run, events } = await runUnseen();
      const questions = questionsFor({ stdout: run.stdout, cells: run.cells ?? [], functions: run.functions ?? [],
        events });
      if (!questions.length) {
        fill(quiz);
        return reveal(run);
      }
      askAll(quiz, questions, run);
    } catch (error) { fill(quiz, h("p", {}, error.message)); }
  };

  const askAll = (quiz, questions, run) => {
    const fields = questions.map((question, index) => {
      const result = h("p", { role: "status" });
      const name = `answer${index}`;
      const inputs = question.kind === "choice"
        ? question.choices.map((choice) => h("label", {}, h("input",
          { type: "radio", name, value: choice, required: true }), " ", h("code", {}, choice)))
        : h("label", {}, h("span", { class: "words" }, "Your answer"),
          h("input", { type: "text", name, autocomplete: "off", required: true }));
      return { question, result, name, element: h("fieldset", {}, h("legend", {}, prose(question.prompt)), inputs,
        result) };
    });
    const done = h("button", { class: "primary" }, "Check and run");
    const form = h("form", { onsubmit: async (event) => {
      event.preventDefault();
      const given = new FormData(form);
      await reveal(run);
      let right = 0;
      for (const { question, result, name } of fields) {
        const correct = isRight(question, given.get(name));
        right += correct;
        fill(result, h("span", { class: correct ? "right" : "wrong" },
          correct ? "Right. " : `No: ${question.answer}. `), prose(question.why), " ",
          question.step ? h("button", { type: "button", class: "quiet", onclick: () => goTo(question.step) },
            `See step ${question.step}`) : null);
      }
      for (const input of form.querySelectorAll("input")) input.disabled = true;
      done.replaceWith(h("p", {}, h("strong", {}, `${right} of ${fields.length} right.`)));
    } }, fields.map(({ element }) => element), done);
    fill(quiz, form);
    place.classList.add("asking");
    quiz.scrollIntoView({ block: "nearest" });
    form.querySelector("input").focus();
  };

  byId("open-lessons").addEventListener("click", open);
  return {
    open,
    close,
    get current() { return current?.id ?? null; },
    async show(id, quiet) {
      const lesson = (await load()).find((each) => each.id === id);
      if (lesson) show(lesson, quiet);
      else notify("There is no such lesson.");
    },
  };
}

const matches = (lesson, text, only) => {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const all = [lesson.question, lesson.title, lesson.claim, lesson.topic, ...lesson.text].join(" ").toLowerCase();
  return words.every((word) => all.includes(word)) && (!only
    || (only === "claim" ? Boolean(lesson.claim) : lesson.verdict === only));
};
