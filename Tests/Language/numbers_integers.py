# Integers of any size: arithmetic, bits, text, bytes, and the words of their errors.


def refused(action):
    try:
        action()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return None


# Around the sizes at which the representation changes.
for bits in (30, 31, 60, 61, 62, 63, 64, 65, 127, 128, 129, 500):
    power = 1 << bits
    for number in (power - 1, power, power + 1, -power - 1, -power, 1 - power):
        assert (number + 1) - 1 == number
        assert number - number == 0
        assert -(-number) == number
        assert ~number == -number - 1
        assert (number * 3) // 3 == number
        assert (number << 70) >> 70 == number
        assert int(str(number)) == number
        assert int(hex(number), 16) == number
        assert int(bin(number), 0) == number
        assert int.from_bytes(number.to_bytes(70, "little", signed=True), "little", signed=True) == number
        for other in (7, -7, power - 5, 1 - power, 3 << 40):
            quotient, remainder = divmod(number, other)
            assert quotient * other + remainder == number
            assert quotient == number // other and remainder == number % other
            assert abs(remainder) < abs(other) and (remainder == 0 or (remainder < 0) == (other < 0))
            assert number & other == ~(~number | ~other)
            assert number ^ other == (number | other) - (number & other)
        assert number.bit_length() == len(bin(abs(number))) - 2
        assert number.bit_count() == bin(abs(number)).count("1")
        assert hash(number) == hash(int(str(number)))

# Long products and quotients, beyond the thresholds of the quicker methods.
a = 3**5000 - 1
b = 7**4000 + 3
assert (a * b) // b == a and (a * b + 5) % b == 5
assert (a + b) ** 2 == a * a + 2 * a * b + b * b
assert pow(a, 65537, b) == pow(a % b, 65537, b)
assert pow(3, 10**9, 10**9 + 7) == 235939645
assert pow(3, -1, 7) == 5 and (3 * pow(3, -1, 2**89 - 1)) % (2**89 - 1) == 1
assert pow(5, 3, -7) == -1

# Text.
assert str(2**100) == "1267650600228229401496703205376"
assert str(-(10**40)) == "-1" + "0" * 40
assert int("  -1_000_000 ") == -1000000
assert int("zz", 36) == 1295 and int("0b101", 0) == 5 and int("-0x_ff", 16) == -255
assert int("\u0661\u0662") == 12
assert int(b"42") == 42 and int(bytearray(b" 7 ")) == 7
assert refused(lambda: int("1__0")) == "ValueError: invalid literal for int() with base 10: '1__0'"
assert refused(lambda: int("010", 0)) == "ValueError: invalid literal for int() with base 0: '010'"
assert refused(lambda: int("5", 37)) == "ValueError: int() base must be >= 2 and <= 36, or 0"
assert refused(lambda: int(5, 10)) == "TypeError: int() can't convert non-string with explicit base"
assert refused(lambda: int([])) == (
    "TypeError: int() argument must be a string, a bytes-like object or a real number, not 'list'"
)
assert refused(lambda: int("9" * 4301)) == (
    "ValueError: Exceeds the limit (4300 digits) for integer string conversion: value has 4301 digits; "
    "use sys.set_int_max_str_digits() to increase the limit"
)
assert refused(lambda: str(10**4300)) == (
    "ValueError: Exceeds the limit (4300 digits) for integer string conversion; "
    "use sys.set_int_max_str_digits() to increase the limit"
)
assert len(str(10**4299)) == 4300

# Sizes are refused before the work.
assert refused(lambda: 1 << 10**12) == "MemoryError: "
assert refused(lambda: 1 << (1 << 70)) == "OverflowError: too many digits in integer"
assert 0 << (1 << 70) == 0 and -5 >> (1 << 70) == -1

# Division.
assert -7 // 2 == -4 and -7 % 2 == 1 and 7 % -2 == -1 and divmod(-7, -2) == (3, -1)
assert 10**400 / 10**399 == 10.0 and (2**53 + 1) / 1 == 9007199254740992.0
assert refused(lambda: 1 // 0) == "ZeroDivisionError: integer division or modulo by zero"
assert refused(lambda: 1 % 0) == "ZeroDivisionError: integer modulo by zero"
assert refused(lambda: 1 / 0) == "ZeroDivisionError: division by zero"
assert refused(lambda: 10**400 / 1) == "OverflowError: integer division result too large for a float"
assert refused(lambda: 0**-1) == "ZeroDivisionError: 0.0 cannot be raised to a negative power"
assert refused(lambda: pow(2, -1, 4)) == "ValueError: base is not invertible for the given modulus"
assert refused(lambda: pow(2, 3, 0)) == "ValueError: pow() 3rd argument cannot be 0"
assert refused(lambda: 1 << -1) == "ValueError: negative shift count"

# Bytes.
assert (1000).to_bytes(2, "big") == b"\x03\xe8" and (5).to_bytes() == b"\x05"
assert (-1).to_bytes(3, "little", signed=True) == b"\xff\xff\xff"
assert int.from_bytes(b"\xff\x00", "big", signed=True) == -256 and int.from_bytes([1, 2]) == 258
assert refused(lambda: (256).to_bytes(1, "big")) == "OverflowError: int too big to convert"
assert refused(lambda: (-1).to_bytes(1, "big")) == "OverflowError: can't convert negative int to unsigned"

# Rounding, and integers in other clothes.
assert [round(n, -1) for n in (5, 15, 25, -15, 26)] == [0, 20, 20, -20, 30] and round(12345, -6) == 0
assert True + True == 2 and (True & False) is False and (True | 2) == 3 and -True == -1 and ~True == -2
assert str(True) == "True" and int(True) == 1 and bool(2**70) is True


class Number(int):
    def __add__(self, other):
        return "sum"


n = Number(2**70)
assert n == 2**70 and n + 1 == "sum" and 1 + n == 2**70 + 1 and type(n - 0) is int and isinstance(n, int)
assert repr(Number(5)) == "5" and hash(Number(5)) == 5 and {5: "x"}[Number(5)] == "x"
n.note = "kept"
assert n.note == "kept"


class Index:
    def __index__(self):
        return 3


assert int(Index()) == 3 and hex(Index()) == "0x3" and [0, 1, 2, 3][Index()] == 3
