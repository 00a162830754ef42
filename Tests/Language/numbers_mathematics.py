# The modules math, cmath and _random.

import _random
import cmath
import math
import sys


def refused(action):
    try:
        action()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return None


assert math.sqrt(2) == 1.4142135623730951 and math.pi == 3.141592653589793 and math.floor(-1.5) == -2
assert math.gcd() == 0 and math.gcd(12, 18, 27) == 3 and math.gcd(2**100, 6**50) == 2**50 and math.lcm(4, 6, 10) == 60
assert math.factorial(25) == 15511210043330985984000000 and math.comb(100, 50) == 100891344545564193334812497256
assert math.perm(10, 3) == 720 and math.perm(5) == 120 and math.comb(5, 10**20) == 0
assert math.isqrt(10**40) == 10**20 and math.isqrt(10**40 - 1) == 10**20 - 1
for n in (0, 1, 15, 16, 17, 2**52 - 1, 2**62, 2**64 - 1, 3**200, 10**150 + 7):
    root = math.isqrt(n)
    assert root * root <= n < (root + 1) ** 2
assert math.fsum([0.1] * 10) == 1.0 and math.fsum([1e16, 1.0, -1e16]) == 1.0 and sum([0.1] * 10) != 1.0
assert math.prod([1, 2, 3], start=4) == 24 and math.prod([]) == 1
assert math.hypot(3, 4) == 5.0 and math.hypot() == 0.0 and math.dist((1, 2), [4, 6]) == 5.0
assert math.frexp(8.0) == (0.5, 4) and math.ldexp(0.5, 4) == 8.0 and math.modf(-1.25) == (-0.25, -1.0)
assert math.log(8, 2) == 3.0 and math.log2(2**1000) == 1000.0 and math.log10(10**400) == 400.0
assert math.gamma(5) == 24.0 and math.gamma(0.5) == 1.7724538509055159 and math.lgamma(3.0) == 0.693147180559945
assert math.nextafter(1.0, 2.0) == 1.0000000000000002 and math.ulp(1.0) == 2.220446049250313e-16
assert math.isclose(1.0, 1.0 + 1e-10) and not math.isclose(1.0, 1.1) and math.copysign(1, -0.0) == -1.0
assert math.remainder(5, 3) == -1.0 and math.fmod(-5, 3) == -2.0 and math.trunc(-2.7) == -2
assert refused(lambda: math.sqrt(-1)) == "ValueError: math domain error"
assert refused(lambda: math.exp(1000)) == "OverflowError: math range error"
assert refused(lambda: math.log(0)) == "ValueError: math domain error"
assert refused(lambda: math.sqrt("a")) == "TypeError: must be real number, not str"
assert refused(lambda: math.factorial(-1)) == "ValueError: factorial() not defined for negative values"
assert refused(lambda: math.isqrt(-1)) == "ValueError: isqrt() argument must be nonnegative"

assert cmath.sqrt(-1) == 1j and cmath.phase(-1) == math.pi and cmath.polar(1j) == (1.0, math.pi / 2)
assert cmath.isclose(cmath.exp(1j * math.pi), -1) and cmath.isclose(cmath.log(1j), 1j * math.pi / 2)
assert cmath.isclose(cmath.asin(cmath.sin(0.5 + 0.25j)), 0.5 + 0.25j)
assert cmath.isclose(cmath.tan(1 + 1j), cmath.sin(1 + 1j) / cmath.cos(1 + 1j))
assert refused(lambda: cmath.log(0)) == "ValueError: math domain error"

generator = _random.Random(42)
assert generator.random() == 0.6394267984578837 and generator.getrandbits(8) == 6
state = generator.getstate()
following = [generator.getrandbits(100) for _ in range(3)]
generator.setstate(state)
assert following == [generator.getrandbits(100) for _ in range(3)]
generator.seed(2**70)
assert 0.0 <= generator.random() < 1.0

assert sys.float_info.max == 1.7976931348623157e308 and sys.float_info.mant_dig == 53
assert sys.version_info >= (3, 11) and sys.version_info.major == 3 and sys.get_int_max_str_digits() == 4300
