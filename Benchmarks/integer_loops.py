# Arithmetic on small integers in while loops.


def shuffle_bits(rounds):
    seed = 2463534242
    folded = 0
    while rounds:
        seed ^= (seed << 13) & 0xFFFFFFFF
        seed ^= seed >> 17
        seed ^= (seed << 5) & 0xFFFFFFFF
        folded ^= seed & 0xFFFF
        rounds -= 1
    return folded


def longest_hailstorm(limit):
    record_start = record = 0
    start = 1
    while start < limit:
        height, steps = start, 0
        while height != 1:
            height = height // 2 if height % 2 == 0 else height * 3 + 1
            steps += 1
        if steps > record:
            record_start, record = start, steps
        start += 1
    return record_start, record


print(shuffle_bits(1_200_000), longest_hailstorm(28_000))
