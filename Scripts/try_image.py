"""Takes the steps of the Dockerfile's last stage in a clean Debian root, and checks that what came of it serves.

    try_image.py [--root DIR]

There is no container engine behind this: debootstrap makes the base system, RUN lines run in a chroot, COPY lines copy,
and the program is started as the Dockerfile's user with its entry point and command. The health check must pass, and
the program must end with status 0 when it is asked to. Needs root and Debian's debootstrap.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
PATH = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive"}


def last_stage():
    """The instructions after the last FROM, as pairs of a word and what follows it."""
    with open(os.path.join(TOP, "Dockerfile"), encoding="utf-8") as file:
        lines = file.read().replace("\\\n", " ").splitlines()
    instructions = [line.split(None, 1) for line in lines if line.strip() and not line.startswith("#")]
    start = max(index for index, (word, _) in enumerate(instructions) if word == "FROM")
    return instructions[start:]


def copy(arguments, root):
    """Copies from the repository; what the build stage made lies in the repository too."""
    words = arguments.split()
    if words[0] == "--from=build":
        words = [words[1].removeprefix("/source/"), words[2]]
    source, target = os.path.join(TOP, words[0]), root + words[1]
    if os.path.isdir(source):
        shutil.copytree(source, target)
    else:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        shutil.copy2(source, target)


def build(root):
    """Makes the root; answers the user, what to start, and the health check."""
    suite = None
    found = {"USER": "root"}
    for word, rest in last_stage():
        if word == "FROM":
            suite = rest.split(":")[1].removesuffix("-slim")
            subprocess.run(["debootstrap", "--variant=minbase", suite, root], check=True, stdout=subprocess.DEVNULL)
        elif word == "RUN":
            subprocess.run(["chroot", root, "/bin/sh", "-c", rest], check=True, env=PATH, stdout=subprocess.DEVNULL)
        elif word == "COPY":
            copy(rest, root)
        elif word in ("USER", "VOLUME", "EXPOSE"):
            found[word] = rest
        elif word in ("ENTRYPOINT", "CMD"):
            found[word] = json.loads(rest)
        elif word == "HEALTHCHECK":
            found[word] = json.loads(rest[rest.index("CMD") + 3 :])
        else:
            sys.exit(f"try_image.py: the Dockerfile's last stage has an instruction {word} that is not known here.")
    return found


def serve(root, found):
    """Starts the program and answers whether it became healthy, and its exit status."""
    inside = ["chroot", f"--userspec={found['USER']}", root]
    server = subprocess.Popen([*inside, *found["ENTRYPOINT"], *found["CMD"]], env=PATH)
    healthy = False
    for _ in range(50):
        time.sleep(0.1)
        check = subprocess.run([*inside, *found["HEALTHCHECK"]], env=PATH, stderr=subprocess.DEVNULL)
        healthy = check.returncode == 0
        if healthy or server.poll() is not None:
            break
    server.terminate()
    return healthy, server.wait(timeout=60)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", help="where to make the root; kept afterwards")
    opts = parser.parse_args()
    if os.geteuid() != 0 or not shutil.which("debootstrap"):
        sys.exit("try_image.py: this needs root, and Debian's debootstrap.")
    root = opts.root or tempfile.mkdtemp(prefix="cellar-image-")
    mounts = []
    try:
        os.chmod(root, 0o755)
        found = build(root)
        for name in ("proc", "dev"):
            subprocess.run(["mount", "--bind", f"/{name}", f"{root}/{name}"], check=True)
            mounts.append(f"{root}/{name}")
        healthy, status = serve(root, found)
        stored = os.listdir(root + found["VOLUME"])
        print(f"user {found['USER']}, healthy {healthy}, exit status {status}, in the volume: {sorted(stored)}")
        sys.exit(0 if healthy and status == 0 and found["USER"] != "root" and stored else 1)
    finally:
        for mount in reversed(mounts):
            subprocess.run(["umount", mount], check=True)
        if not opts.root:
            shutil.rmtree(root)


main()
