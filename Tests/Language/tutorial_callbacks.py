# A handler that knows which button it belongs to, called by code that does not.


def handler_for(button):
    def on_click():
        print(f"The button {button} was clicked")

    return on_click


handlers = [handler_for(label) for label in ("OK", "Cancel")]
for handle in handlers:
    handle()

wrong = []
for label in ("OK", "Cancel"):
    wrong.append(lambda: print("late:", label))
for handle in wrong:
    handle()
