"""Records what CPython 3.11 says: run it after changing a program, or the sources in errors.txt.

    python3.11 Tests/PythonCompilerTests/record.py

Programs/*.scopes: a line for each code object: qualified name, first line, counts of arguments, positional-only and keyword-only
ones, flags, and the names: locals, cells, free variables, globals and attributes. errors.txt: sources, each with the error.
"""

import pathlib
import warnings

warnings.simplefilter("ignore")
folder = pathlib.Path(__file__).parent


def lines(code):
    names = (code.co_varnames, code.co_cellvars, code.co_freevars, code.co_names)
    counts = (code.co_firstlineno, code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount)
    yield "|".join([code.co_qualname, *map(str, counts), format(code.co_flags, "x"), *map(",".join, names)])
    for constant in code.co_consts:
        if hasattr(constant, "co_code"):
            yield from lines(constant)


for program in sorted(folder.glob("Programs/*.py")):
    code = compile(program.read_text(), program.name, "exec")
    program.with_suffix(".scopes").write_text("\n".join(lines(code)) + "\n")

cases = []
for case in (folder / "errors.txt").read_text().split("\n====\n"):
    source = case.split("\n---- ")[0].rstrip("\n") + "\n"
    try:
        compile(source, "<string>", "exec")
        verdict = "fine"
    except SyntaxError as error:
        place = (error.lineno, error.offset, error.end_lineno, error.end_offset or 0)
        verdict = f"{error.msg} {place}"
    cases.append(f"{source}---- {verdict}")
(folder / "errors.txt").write_text("\n====\n".join(cases) + "\n")
