# What inspect.signature says of built-in functions and classes, and the descriptors of their attributes.
import inspect
import types

for function in (
    len, abs, all, any, ascii, bin, callable, chr, delattr, divmod, eval, exec, globals, hasattr, hash, hex, id, isinstance,
    issubclass, len, locals, oct, ord, pow, repr, round, setattr, sorted, sum, compile,
    print, input, format, __import__, open,
    object, complex, enumerate, float, list, memoryview, property, reversed, tuple,
    str.split, "".split, list.append, [].append, dict.get, int.__add__, (1).__add__, object.__init__, object.__new__,
):
    print(getattr(function, "__qualname__", function), inspect.signature(function), " ".join(function.__text_signature__.split()))
for function in (getattr, iter, next, vars, dir, min, max, range, dict, str, type, int, zip, map, anext):
    try:
        print(inspect.signature(function))
    except ValueError:
        print(function.__name__, "has none")


class Plain:
    pass


class Derived(list):
    pass


assert str(inspect.signature(Plain)) == "()"
assert Plain.__text_signature__ is None
assert isinstance(types.FunctionType.__globals__, types.MemberDescriptorType)
assert isinstance(types.FunctionType.__code__, types.GetSetDescriptorType)
print(types.FunctionType.__globals__, types.FunctionType.__closure__, types.FunctionType.__code__, property.fget)
assert property.fget.__name__ == "fget" and property.fget.__objclass__ is property
assert property.fget.__get__(property(len)) is len


class Slotted:
    __slots__ = ("x",)


assert isinstance(Slotted.x, types.MemberDescriptorType)
print(Slotted.x)
