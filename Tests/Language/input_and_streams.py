# The run's streams, `input`, and what a program puts in their places.
import sys


class Lines:
    def __init__(self, *lines):
        self.lines = list(lines)

    def readline(self):
        return self.lines.pop(0) if self.lines else ""


class Taking:
    def __init__(self):
        self.taken = []

    def write(self, text):
        self.taken.append(text)

    def flush(self):
        self.taken.append("flushed")


try:
    input()
except EOFError as error:
    assert str(error) == "EOF when reading a line"
assert sys.stdin.readline() == "" and sys.stdin.read() == "" and list(sys.stdin) == []
assert sys.stdin.readable() and not sys.stdin.writable() and sys.stdout.writable()

sys.stdin = Lines("first\n", "last")
assert input() == "first" and input() == "last"
sys.stdin = sys.__stdin__

out = Taking()
sys.stdout = out
print("a", 1, sep="-", end="!", flush=True)
sys.displayhook([1])
sys.displayhook(None)
sys.stdout = sys.__stdout__
assert out.taken == ["a", "-", "1", "!", "flushed", "[1]", "\n"], out.taken
assert _ == [1]


class Failing:
    def __str__(self):
        raise ValueError("no text")


try:
    print("before", Failing())
except ValueError:
    print(" after")

sys.stdout = None
print("nobody reads this")
sys.stdout = sys.__stdout__

sys.excepthook = lambda kind, value, traceback: print("caught at last:", kind.__name__, value, traceback.tb_lineno > 0)
raise SystemExit(0)
