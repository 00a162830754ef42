# Module symtable: which block a name belongs to, and what is a cell there.
import symtable

SOURCE = """
import os
total = 0

def outer(count, /, *rest, key: int = 1, **more):
    global total
    total = count
    def inner():
        nonlocal count
        count += key
        return [count + item for item in rest if (twice := item * 2)]
    class Local:
        field = count
        def method(self):
            return __class__, field
    return inner, lambda: more

class Plain:
    __private = 1
    def get(self):
        return self.__private
"""


def show(table, depth=0):
    print("  " * depth + f"{table.get_type()} {table.get_name()} line {table.get_lineno()} nested {table.is_nested()}")
    for name in sorted(table.get_identifiers()):
        symbol = table.lookup(name)
        facts = [
            fact for fact in (
                "referenced", "parameter", "global", "nonlocal", "declared_global", "local", "annotated", "free", "imported",
                "assigned", "namespace",
            ) if getattr(symbol, f"is_{fact}")()
        ]
        print("  " * depth + f"  {name}: {' '.join(facts)}")
    if table.get_type() == "function":
        print("  " * depth + f"  {table.get_parameters()} {sorted(table.get_locals())} {sorted(table.get_frees())}")
    if table.get_type() == "class":
        print("  " * depth + f"  {table.get_methods()}")
    for child in table.get_children():
        show(child, depth + 1)


show(symtable.symtable(SOURCE, "<names>", "exec"))
show(symtable.symtable("[a for a in b]", "<names>", "eval"))
top = symtable.symtable("x = 1", "<names>", "single")
print(top, top.lookup("x"), top.has_children())
for arguments in (("x", "<names>", "wrong"), ("def f(x, x): pass", "<names>", "exec"), ("1 +", "<names>", "exec")):
    try:
        symtable.symtable(*arguments)
    except (SyntaxError, ValueError) as error:
        print(type(error).__name__, error)
