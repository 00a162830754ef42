# Floats and complex numbers: text, rounding, arithmetic, comparison with integers.


def refused(action):
    try:
        action()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return None


inf = float("inf")
nan = float("nan")

# The shortest text that reads back.
for text in (
    "0.0", "-0.0", "1.0", "0.1", "0.30000000000000004", "1e+16", "1e+22", "123456789012345.6", "9999999999999998.0",
    "0.0001", "1e-05", "1.5e-07", "5e-324", "1.7976931348623157e+308", "2.2250738585072014e-308", "inf", "-inf", "nan",
    "1e+100", "12345678.9", "0.001", "0.00123",
):
    assert repr(float(text)) == text, text

for text, value in ((" 1_0.5 ", 10.5), (".5", 0.5), ("5.", 5.0), ("1E3", 1000.0), ("-Infinity", -inf), ("\u0661.5", 1.5)):
    assert float(text) == value
for text in ("", ".", "1e", "_1", "1__0", "0x10", "1 2", "--1"):
    assert refused(lambda: float(text)) == f"ValueError: could not convert string to float: {text!r}"
assert refused(lambda: float([])) == "TypeError: float() argument must be a string or a real number, not 'list'"

# Formatting is rounded from the exact value.
assert f"{2.675:.2f} {0.5:.0f} {1.5:.0f} {2.5:.0f}" == "2.67 0 2 2"
assert f"{1e23:.0f}" == "99999999999999991611392" and f"{5e-324:.3e}" == "4.941e-324"
assert f"{0.1:.55f}" == "0.1000000000000000055511151231257827021181583404541015625"
assert f"{123456.789:g} {1e-5:g} {100000.0:.3g}" == "123457 1e-05 1e+05"

# round
assert [round(x) for x in (0.5, 1.5, 2.5, -0.5, -1.5)] == [0, 2, 2, 0, -2]
assert round(2.675, 2) == 2.67 and round(1234.5678, -2) == 1200.0 and round(1e22, 2) == 1e22
assert round(0.1 + 0.2, 16) == 0.3 and str(round(-0.4)) == "0" and repr(round(-0.04, 1)) == "-0.0"
assert refused(lambda: round(inf)) == "OverflowError: cannot convert float infinity to integer"
assert refused(lambda: int(nan)) == "ValueError: cannot convert float NaN to integer"

# Division and remainders.
assert -5.0 // 3 == -2.0 and -5.0 % 3 == 1.0 and 5 % -3.0 == -1.0 and divmod(7.5, -2) == (-4.0, -0.5)
assert repr(0.0 % -3) == "-0.0" and 5 % inf == 5.0 and -5 % inf == inf
assert refused(lambda: 1.0 / 0) == "ZeroDivisionError: float division by zero"
assert refused(lambda: 1.0 // 0) == "ZeroDivisionError: float floor division by zero"
assert refused(lambda: 1.0 % 0) == "ZeroDivisionError: float modulo"
assert refused(lambda: divmod(1.0, 0)) == "ZeroDivisionError: float divmod()"

# Powers.
assert 2**0.5 == 1.4142135623730951 and 2**-1 == 0.5 and (-8.0) ** 3 == -512.0 and inf**0 == 1.0
assert refused(lambda: 0.0**-1) == "ZeroDivisionError: 0.0 cannot be raised to a negative power"
assert refused(lambda: 10.0**400) == "OverflowError: (34, 'Numerical result out of range')"
assert (-8) ** (1 / 3) == (1.0000000000000002 + 1.7320508075688772j)

# Integers and floats compare exactly, and equal ones hash alike.
assert 2**53 + 1 > float(2**53) and 2**53 + 1 != float(2**53) and 10**400 < inf and -(10**400) > -inf
assert not 10**400 == nan and int(1e30) == 1000000000000000019884624838656 and 10**30 < 1e30
for value in (0, 1, -1, 2**31, 2**61, 2**70, -(2**100), 10**22):
    assert hash(value) == hash(float(value)) == hash(complex(value))
assert hash(0.5) == 1152921504606846976 and hash(inf) == 314159 and hash(-1.0) == -2 and hash(1j) == 1000003
assert refused(lambda: float(10**400)) == "OverflowError: int too large to convert to float"

# Bits.
assert (1.5).hex() == "0x1.8000000000000p+0" and (5e-324).hex() == "0x0.0000000000001p-1022" and (0.0).hex() == "0x0.0p+0"
assert float.fromhex("0x1.8p1") == 3.0 and float.fromhex("-inf") == -inf and float.fromhex("1p-1074") == 5e-324
assert float.fromhex("0x1.fffffffffffff8p0") == 2.0
assert refused(lambda: float.fromhex("zz")) == "ValueError: invalid hexadecimal floating-point string"
assert (0.1).as_integer_ratio() == (3602879701896397, 36028797018963968) and (-2.0).as_integer_ratio() == (-2, 1)
assert (3.0).is_integer() and not (3.5).is_integer() and not inf.is_integer()
assert nan != nan and nan in [nan] and not nan < 1

# Complex numbers.
assert repr(1 + 2j) == "(1+2j)" and repr(-0j) == "(-0-0j)" and repr(2j) == "2j" and repr(complex(0.0, -inf)) == "-infj"
assert complex("1+2j") == 1 + 2j and complex(" ( -3.5e1-j ) ") == -35 - 1j and complex(1j, 2j) == -2 + 1j
assert (1 + 2j) * (3 - 1j) == 5 + 5j and (1 + 2j) / (1 - 1j) == -0.5 + 1.5j and (1 + 2j) ** 2 == -3 + 4j
assert abs(3 + 4j) == 5.0 and (1 + 2j).conjugate() == 1 - 2j and (2j).imag == 2.0 and 1 + 0j == 1 and 1j != 1
assert refused(lambda: complex("1 + 2j")) == "ValueError: complex() arg is a malformed string"
assert refused(lambda: 1j / 0) == "ZeroDivisionError: complex division by zero"
assert refused(lambda: 1j < 2j) == "TypeError: '<' not supported between instances of 'complex' and 'complex'"
assert refused(lambda: 1j // 1) == "TypeError: unsupported operand type(s) for //: 'complex' and 'int'"


class Length(float):
    def __repr__(self):
        return f"{float(self)} m"


length = Length(2.5)
length.note = "kept"
assert length + 1 == 3.5 and type(length + 1) is float and str(length) == "2.5 m" and length.note == "kept"


class Real:
    def __float__(self):
        return 1.25


assert float(Real()) == 1.25 and complex(Real()) == 1.25 + 0j


class Text(str):
    def __float__(self):
        return 9.0

    def __int__(self):
        return 8


assert float(Text("1")) == 9.0 and int(Text("1")) == 8
assert hash("") == hash(b"") == hash(memoryview(b"")) == 0
