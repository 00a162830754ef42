# A function that calls itself twice, and little else.


def rabbits(month):
    if month < 3:
        return 1
    return rabbits(month - 1) + rabbits(month - 2)


print(rabbits(26), rabbits(34))
