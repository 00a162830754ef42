# Sorting: stable, with keys, reversed, every kind of key, and lists that change meanwhile.

def raised(action):
    try:
        action()
    except Exception as error:
        return type(error).__name__, str(error)
    return None



def shuffled(count, seed, span):
    state, out = seed, []
    for _ in range(count):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        out.append((state >> 33) % span)
    return out


def is_sorted(items):
    return all(not items[i + 1] < items[i] for i in range(len(items) - 1))


for count in (0, 1, 2, 3, 10, 31, 32, 33, 63, 64, 65, 100, 255, 1000, 3000):
    for span in (3, 1000, 10**9):
        numbers = shuffled(count, count + span, span)
        counts = {}
        for n in numbers:
            counts[n] = counts.get(n, 0) + 1
        done = sorted(numbers)
        assert is_sorted(done) and len(done) == count
        back = {}
        for n in done:
            back[n] = back.get(n, 0) + 1
        assert back == counts
        assert sorted(numbers, reverse=True) == done[::-1] and sorted(done) == done and sorted(done[::-1]) == done
        assert sorted(map(float, numbers)) == done
        assert sorted(map(str, numbers)) == [str(n) for n in sorted(numbers, key=str)]
        # Stable: equal keys stay in order, also reversed.
        pairs = list(enumerate(numbers))
        by_number = sorted(pairs, key=lambda p: p[1] % 10)
        assert all(x[1] % 10 < y[1] % 10 or x[1] % 10 == y[1] % 10 and x[0] < y[0]
                   for x, y in zip(by_number, by_number[1:]))
        down = sorted(pairs, key=lambda p: p[1] % 10, reverse=True)
        assert all(x[1] % 10 > y[1] % 10 or x[1] % 10 == y[1] % 10 and x[0] < y[0] for x, y in zip(down, down[1:]))
        assert is_sorted(sorted((n % 5, str(n)) for n in numbers))

# Runs, so that merges gallop.
runs = list(range(500)) + list(range(250, 750)) + list(range(900, 100, -1)) + [5] * 300 + list(range(2000))
assert is_sorted(sorted(runs)) and sorted(runs) == sorted(reversed(runs))
assert [x for x, _ in sorted([(n, -i) for i, n in enumerate(runs)], key=lambda p: p[0])] == sorted(runs)


class Key:
    def __init__(self, n):
        self.n = n

    def __lt__(self, other):
        return self.n < other.n


objects = [Key(n) for n in shuffled(500, 7, 100)]
assert [k.n for k in sorted(objects)] == sorted(k.n for k in objects)
assert [k.n for k in sorted(objects, reverse=True)] == sorted((k.n for k in objects), reverse=True)

# Kinds of keys.
assert sorted([3, 1.5, True, 2**70, -1]) == [-1, True, 1.5, 3, 2**70]
assert sorted(["b", "a", "é", "€", "😀", "", "aa"]) == ["", "a", "aa", "b", "é", "€", "😀"]
assert sorted([(2, "b"), (1, "z"), (2, "a"), (1,), ()]) == [(), (1,), (1, "z"), (2, "a"), (2, "b")]
assert sorted([(1, [2]), (1, [1])]) == [(1, [1]), (1, [2])]
assert sorted([[2], [1, 5], [1]]) == [[1], [1, 5], [2]]
assert sorted([0.0, -1e300, 1e300, float("-inf"), 5e-324]) == [float("-inf"), -1e300, 0.0, 5e-324, 1e300]
assert sorted("hello") == ["e", "h", "l", "l", "o"] and sorted({3: 0, 1: 0}) == [1, 3]
assert sorted(["B", "a"], key=str.lower) == ["a", "B"] and sorted([3, 1], key=None) == [1, 3]
assert sorted([-3, 2, 1], key=abs) == [1, 2, -3]

# What goes wrong.
assert raised(lambda: sorted([1, "a"])) == (
    "TypeError", "'<' not supported between instances of 'str' and 'int'")
assert raised(lambda: sorted([(1, "a"), (1, 2)])) == (
    "TypeError", "'<' not supported between instances of 'int' and 'str'")
l = [3, 2, 1]


def spoil(x):
    l.append(x)
    return x


assert raised(lambda: l.sort(key=spoil)) == ("ValueError", "list modified during sort") and l == [1, 2, 3]


def fail(x):
    if x == 2:
        raise KeyError("stop")
    return x


l = [3, 2, 1]
assert raised(lambda: l.sort(key=fail)) == ("KeyError", "'stop'") and sorted(l) == [1, 2, 3]


class Failing:
    def __lt__(self, other):
        raise RuntimeError("no order")


l = list(range(200)) + [Failing()] + list(range(100))
assert raised(l.sort) == ("RuntimeError", "no order") and len(l) == 301 and sorted(map(str, l))[0] == "0"
looks = []
l = [1, 2, 3]
l.sort(key=lambda x: looks.append(len(l)) or x)
assert looks == [0, 0, 0]
