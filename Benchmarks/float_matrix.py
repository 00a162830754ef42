# A matrix that is computed and never stored, times a vector, over and over: floats and calls.


def entry(row, column):
    diagonal = row + column
    return 1.0 / (diagonal * (diagonal + 1) // 2 + row + 1)


def times(vector, transposed):
    size = len(vector)
    product = []
    for row in range(size):
        total = 0.0
        for column in range(size):
            total += (entry(column, row) if transposed else entry(row, column)) * vector[column]
        product.append(total)
    return product


def norm(size):
    vector = [1.0] * size
    for _ in range(8):
        image = times(times(vector, False), True)
        vector, previous = image, vector
    above = sum(new * old for new, old in zip(vector, previous))
    below = sum(old * old for old in previous)
    return (above / below) ** 0.5


print(f"{norm(420):.9f}")
