# Counts of words and letters in a made text: strings split and joined, dictionaries filled, pairs sorted.


def made_text(words):
    parts = ("ba", "co", "di", "fu", "ge", "ha", "jo", "ki", "lu", "me", "no")
    state = 17
    text = []
    for _ in range(words):
        state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296
        word = parts[state % 11] + parts[state // 11 % 11]
        text.append(word + parts[state // 121 % 11] if state & 256 else word)
    return " ".join(text)


def tally(things):
    counts = {}
    for thing in things:
        counts[thing] = counts.get(thing, 0) + 1
    return counts


text = made_text(360_000)
words = tally(text.split())
letters = {}
for letter in text:
    if letter in letters:
        letters[letter] += 1
    else:
        letters[letter] = 1
for _ in range(3):
    words = tally(text.split(" "))
favourites = sorted(words.items(), key=lambda entry: (-entry[1], entry[0]))[:4]
print(len(text), len(words), favourites, sorted(letters.items())[:3], text.upper().replace("BA", "ba").count("ba"))
