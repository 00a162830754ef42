def describe(subject):
    match subject:
        case 0 | -1 | 'text' | a.b:
            return 1
        case None | True:
            return 2
        case [1, x, _] if x:
            return x
        case [first, *_, last] | (first, last, *_):
            return first, last
        case {'key': value, 'other': [inner], **rest}:
            return value, inner, rest
        case Point(0, y=y) as point:
            return y, point
        case _:
            return subject
