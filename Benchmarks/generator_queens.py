# Queens on a board, found by generators that resume one another, with sets of what is attacked.


def placements(size, row, files, rising, falling):
    if row == size:
        yield ()
        return
    for file in range(size):
        if file in files or row + file in rising or row - file in falling:
            continue
        files.add(file)
        rising.add(row + file)
        falling.add(row - file)
        for rest in placements(size, row + 1, files, rising, falling):
            yield (file,) + rest
        files.remove(file)
        rising.remove(row + file)
        falling.remove(row - file)


found = fingerprint = 0
for placement in placements(11, 0, set(), set(), set()):
    found += 1
    for file in placement:
        fingerprint = (fingerprint * 37 + file) % 999_979
print(found, fingerprint)
