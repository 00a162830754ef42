"""Streams in memory."""
import io, contextlib
s=io.StringIO(); s.write("hello\nworld\n"); print(s.getvalue(), s.tell()); s.seek(0); print(s.readline(), list(s))
with contextlib.redirect_stdout(io.StringIO()) as f: print("x")
print(repr(f.getvalue()))
b=io.BytesIO(b"abc\ndef"); print(b.read(2), b.readline(), b.getvalue(), b.seek(0,2), b.write(b"xyz"), b.getvalue())
with b.getbuffer() as v: print(bytes(v))
print(io.StringIO("a\r\nb\rc\n", newline=None).read().__repr__(), io.StringIO("a\r\nb", newline='').readlines())
t=io.TextIOWrapper(io.BytesIO(), encoding='utf-8'); t.write("hé"); t.flush(); print(t.buffer.getvalue())
print(isinstance(s, io.TextIOBase), isinstance(b, io.BufferedIOBase), io.UnsupportedOperation.__mro__)
