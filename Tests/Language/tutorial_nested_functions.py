# Functions inside functions: called where they are defined, and handed out to be called later.


def announce(text):
    def speak():
        print(text)

    speak()


announce("said at once, from inside")


def remember(name):
    def speak():
        print(name)

    return speak


speaker = remember("said later, from outside")
speaker()
speaker()
del remember
speaker()


def two_names(first):
    second = 10

    def show():
        print(f"first: {first}, second: {second}")

    return show


show = two_names(5)
show()
print([cell.cell_contents for cell in show.__closure__])
print(len(show.__closure__), show.__code__.co_freevars)
