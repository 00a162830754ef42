"""How the interpreter was built, as far as the library asks: there are no folders to look for time zones in."""

build_time_vars = {"TZPATH": ""}
