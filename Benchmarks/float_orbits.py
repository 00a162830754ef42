# Five masses that attract one another, as lists of floats stepped through time.


def make_masses():
    return [
        [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 40.0],
        [5.2, 0.3, -0.1, 0.6, 2.8, 0.0, 0.04],
        [-9.1, 2.7, 0.4, -0.9, -1.8, 0.1, 0.011],
        [13.0, -14.9, -0.2, 1.1, 0.9, -0.1, 0.0017],
        [15.4, 25.8, -0.7, -1.0, 0.6, 0.1, 0.0021],
    ]


def pairs_of(masses):
    return [(first, second) for index, first in enumerate(masses) for second in masses[index + 1 :]]


def step(masses, pairs, span):
    for first, second in pairs:
        x, y, z = first[0] - second[0], first[1] - second[1], first[2] - second[2]
        pull = span / (x * x + y * y + z * z) ** 1.5
        toward_second, toward_first = second[6] * pull, first[6] * pull
        first[3] -= x * toward_second
        first[4] -= y * toward_second
        first[5] -= z * toward_second
        second[3] += x * toward_first
        second[4] += y * toward_first
        second[5] += z * toward_first
    for mass in masses:
        mass[0] += span * mass[3]
        mass[1] += span * mass[4]
        mass[2] += span * mass[5]


def energy(masses, pairs):
    total = sum(m[6] * (m[3] ** 2 + m[4] ** 2 + m[5] ** 2) / 2 for m in masses)
    for first, second in pairs:
        gap = sum((first[axis] - second[axis]) ** 2 for axis in range(3)) ** 0.5
        total -= first[6] * second[6] / gap
    return total


masses = make_masses()
pairs = pairs_of(masses)
before = energy(masses, pairs)
for _ in range(120_000):
    step(masses, pairs, 0.005)
print(f"{before:.6f} {energy(masses, pairs):.6f}")
