# A switchboard of closures: handlers in lists, found by name and called with each signal.


def switchboard():
    listeners = {}

    def listen(signal, handler):
        listeners.setdefault(signal, []).append(handler)

    def send(signal, payload):
        answered = 0
        for handler in listeners[signal]:
            answered += handler(payload)
        return answered

    return listen, send


def measure(rounds):
    listen, send = switchboard()
    level = 0

    def meter(weight):
        def on_pulse(payload):
            nonlocal level
            level = (level + payload * weight) % 64_997
            return weight

        return on_pulse

    for weight in range(1, 9):
        listen("pulse", meter(weight))
    for shift in range(3):
        listen("blink", lambda payload, shift=shift: payload ^ shift)
    answers = 0
    for payload in range(rounds):
        answers += send("pulse", payload)
        answers += send("blink", payload & 15)
    return answers, level


print(measure(450_000))
