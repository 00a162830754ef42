# Strings formatted, sliced, joined and taken apart.


def labels(count):
    return ";".join(f"{number:06d}/{number * 5 % 877:x}={number / 9:.2f}" for number in range(count))


def read_back(text):
    score = 0
    for entry in text.split(";"):
        name, value = entry.split("=")
        score += name.startswith("000") + 2 * value.endswith("3")
        score += len(name[::-1].strip("0"))
    return score


def measure():
    text = labels(330_000)
    digits = ""
    for number in range(200_000):
        digits += str(number % 7)
    width = 0
    for number in range(270_000):
        line = "{} of {} entries".format(number, 270_000)
        width += len(line) + len(repr(line)) + len(str(number) + ">" + line)
    return len(text), read_back(text), digits.count("36"), width


print(measure())
