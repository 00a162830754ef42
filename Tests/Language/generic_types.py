# Unions of types, parameters of generic types, typed dicts, and read-only views of mappings.
import types
import typing

T = typing.TypeVar("T")
union = list[T] | int
assert union.__parameters__ == (T,) and (int | str).__parameters__ == ()
assert union[str] == list[str] | int and union[int] == list[int] | int
assert hash(int | str) == hash(str | int) and (int | str).__module__ == "types"
assert typing.List[list[T] | float].__parameters__ == (T,)
print(union, union[str], dict[T, T | None][int])
for wrong in (lambda: (int | str)[int], lambda: union[int, str], lambda: list[T][int, str]):
    try:
        wrong()
    except (TypeError, AttributeError) as error:
        print(type(error).__name__, error)
assert typing.get_type_hints(lambda: 0) == {}


class Movie(typing.TypedDict, total=False):
    name: str
    year: int


assert Movie(name="Blade Runner") == {"name": "Blade Runner"} and Movie([("year", 1982)]) == {"year": 1982}
Point = typing.TypedDict("Point", {"x": int})
assert Point(x=1) == {"x": 1} and type(Point(x=1)) is dict


class Calls(type):
    __call__ = dict


class Called(metaclass=Calls):
    pass


assert Called(a=1) == {"a": 1} and Called([(1, 2)]) == {1: 2}

view = types.MappingProxyType({"a": 1})
assert view | {"b": 2} == {"a": 1, "b": 2} == {"b": 2} | view and str(view) == "{'a': 1}"
assert types.MappingProxyType[int].__origin__ is types.MappingProxyType
try:
    view |= {}
except TypeError as error:
    print(error)
