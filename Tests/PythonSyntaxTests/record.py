"""Records what CPython 3.11 makes of sources: run it after changing a source in trees.txt or errors.txt.

    python3.11 Tests/PythonSyntaxTests/record.py

Each file holds cases: a line `==== MODE`, the source, and below a line `----` what CPython says: its tree, a node to
a line as `Kind line:column-line:column` and its fields, or its error.
"""

import ast
import pathlib
import warnings

warnings.simplefilter("ignore")
folder = pathlib.Path(__file__).parent


def quoted(letter):
    return letter if " " < letter < "\x7f" and letter not in "\\'" else f"\\{ord(letter):x}."


def value(field):
    if isinstance(field, list):
        return "[" + ", ".join(map(value, field)) + "]"
    if isinstance(field, ast.AST):
        return node(field)
    if isinstance(field, str):
        return "'" + "".join(map(quoted, field)) + "'"
    return "None" if field is None else str(field)


def constant(field):
    match field:
        case bool() | None:
            return str(field)
        case int():
            return format(field, "x")
        case float():
            return field.hex()
        case complex():
            return field.imag.hex() + "j"
        case bytes():
            return "b" + value(field.decode("latin-1"))
        case str():
            return value(field)
    return "..."


def node(tree):
    name = type(tree).__name__
    if isinstance(tree, (ast.operator, ast.unaryop, ast.cmpop, ast.boolop, ast.expr_context)):
        return name
    if isinstance(tree, (ast.Constant, ast.MatchSingleton)):
        fields = [constant(tree.value)]
    elif isinstance(tree, ast.FormattedValue):
        fields = [node(tree.value), chr(tree.conversion) if tree.conversion > 0 else "-", value(tree.format_spec)]
    else:
        left_out = ("type_comment", "type_ignores", "kind")
        fields = [value(field) for key, field in ast.iter_fields(tree) if key not in left_out]
    place = ""
    if hasattr(tree, "lineno"):
        place = f" {tree.lineno}:{tree.col_offset}-{tree.end_lineno}:{tree.end_col_offset}"
    return "\n" + name + place + " (" + ", ".join(fields) + ")"


def verdict(mode, source):
    try:
        return node(compile(source, "<string>", mode, ast.PyCF_ONLY_AST)).strip()
    except SyntaxError as error:
        place = f"{error.lineno}:{error.offset}-{error.end_lineno}:{error.end_offset}"
        return f"{type(error).__name__} {place} {error.msg}"


for name in ("trees.txt", "errors.txt"):
    cases = []
    for case in (folder / name).read_text().split("==== ")[1:]:
        mode, rest = case.split("\n", 1)
        source = rest.split("----\n")[0]
        cases.append(f"==== {mode}\n{source}----\n{verdict(mode, source)}\n")
    (folder / name).write_text("".join(cases))
