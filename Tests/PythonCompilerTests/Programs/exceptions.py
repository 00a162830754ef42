def handlers(f):
    try:
        x = f()
    except ValueError as error:
        return error
    except (KeyError, f):
        raise
    except:
        x = 2
    else:
        x = 3
    finally:
        f(x)
    return x


def leaving(items):
    for item in items:
        try:
            with item as a, a.b:
                if a:
                    continue
                elif item:
                    break
                return a
        finally:
            items.close()


def group(f):
    try:
        f()
    except* ValueError as e:
        f(e)
    except* OSError:
        pass
    assert f, 'message'
    raise f from None


async def asynchronous(items):
    async with items as a:
        async for b in a:
            await b
            yield b
