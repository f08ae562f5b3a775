"""Programs of others on the mount: each reads as it does from a disk, and none can write."""

import errno
import ctypes
import hashlib
import mmap
import os
import re
import signal
import socket
import ssl
import subprocess
import time

from fuse_harness import Holder, Playground, Server, expect, fail, main, wait_until


def sh(command, **variables):
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", command], capture_output=True, text=True, env={
        **os.environ, **variables})
    expect(done.returncode == 0, f"{command}: {done.stdout}{done.stderr}")
    return done.stdout


def tools():
    """cat, cp -a, tar, find -size, grep -r, mmap, dd iflag=direct, sha256sum, df, ls."""
    with Playground() as path:
        holder = Holder(path)
        big = "".join(chr(97 + i % 26) for i in range(70_000))
        server = holder.server(
            "--user", "1234", "--group", "1234", "--mode", "640",
            files=[("small", "needle in it"), ("deep/er/page", "p" * 4096), ("big", big), ("empty", "")])
        server.publish()
        fs = holder.secrets + "/..fuse"
        copy = path + "/copy"
        sh('cp -a "$FS" "$COPY"; diff -r "$FS" "$COPY"', FS=fs, COPY=copy)
        listing = 'find . -not -name ..data -printf "%P %m %U %G %s %T@ %y\\n" | grep -v "^[.][.]data/" | sort'
        # Directories have sizes of their own on each file system.
        same = sh(f'cd "$FS"; {listing}', FS=fs), sh(f'cd "$COPY"; {listing}', COPY=copy)
        plain = [[line for line in text.splitlines() if line.endswith(" f")] for text in same]
        expect(plain[0] == plain[1] and len(plain[0]) == 4, f"cp -a: {plain}")
        sh('tar -C "$FS" -cf "$COPY.tar" . && mkdir "$COPY.t" && tar -C "$COPY.t" -xf "$COPY.tar" '
           '&& diff -r "$FS" "$COPY.t"', FS=fs, COPY=copy)
        found = sh('find "$FS" -size +100c -not -path "*/..data/*" -type f -printf "%f\\n" | sort', FS=fs).split()
        expect(found == ["big", "page"], f"find -size: {found}")
        expect(sh('grep -rl needle "$FS" | sort', FS=fs).split() == [fs + "/..data/small", fs + "/small"], "grep -r")
        expect(sh('sha256sum < "$FS/big"', FS=fs).split()[0] == hashlib.sha256(big.encode()).hexdigest(), "sha256sum")
        expect(sh('dd if="$FS/big" iflag=direct bs=4096 status=none', FS=fs) == big, "dd iflag=direct")
        expect(sh('dd if="$FS/big" bs=7 skip=100 count=3 status=none', FS=fs) == big[700:721], "dd skip")
        with open(fs + "/big", "rb") as file:
            for flags in (mmap.MAP_PRIVATE, mmap.MAP_SHARED):
                with mmap.mmap(file.fileno(), 0, flags=flags, prot=mmap.PROT_READ) as area:
                    expect(area[:] == big.encode(), "mmap")
            expect(os.pread(file.fileno(), 10, 69_995) == big[69_995:].encode(), "pread at the end")
            expect(os.pread(file.fileno(), 10, 1_000_000) == b"", "pread past the end")
            expect(os.lseek(file.fileno(), -5, os.SEEK_END) == 69_995, "lseek")
        expect(open(fs + "/empty").read() == "", "empty")
        lines = sh('df -P "$FS"', FS=fs).splitlines()[1].split()
        expect(lines[0] == "keeper-injector" and int(lines[1]) > 0 and lines[3] == "0", f"df: {lines}")
        names = sh('ls -A "$FS"', FS=fs).split()
        expect(names == ["..data", "big", "deep", "empty", "small"], f"ls: {names}")
        expect("x bytes" not in sh('stat -f "$FS"', FS=fs), "stat -f")
        expect(os.stat(fs + "/deep").st_nlink == 3 and os.stat(fs + "/small").st_nlink == 2, "link counts")
        server.kill()
        holder.stop()


def watchers():
    """tail -F follows a rotation; inotify sees `..data` renamed, as with kubelet's atomic writer."""
    with Playground() as path:
        holder = Holder(path)
        server = holder.server(files=[("app.log", "-"), ("other", "-")])
        server.rotate(1, 0)
        tail = subprocess.Popen(
            ["tail", "-F", "-s", "0.05", holder.secrets + "/app.log"], stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True)
        expect(tail.stdout.readline() == "app.log version 1\n", "tail's first line")
        watch = subprocess.Popen(
            ["inotifywait", "-m", "-q", "--format", "%e %f", holder.secrets], stdout=subprocess.PIPE, text=True)
        time.sleep(0.5)
        server.rotate(2, 200)
        lines = [tail.stdout.readline().strip()]
        while lines[-1] != "app.log version 2":
            lines.append(tail.stdout.readline().strip())
        expect(all(line.startswith("app.log version ") for line in lines), f"tail: {lines}")
        seen = []
        while "MOVED_TO ..data" not in seen:
            seen.append(watch.stdout.readline().strip())
        server.tell("set new x")
        server.publish()
        while "CREATE new" not in seen:
            seen.append(watch.stdout.readline().strip())
        tail.kill()
        watch.kill()
        server.kill()
        holder.stop()


def certificates():
    """OpenSSL and nginx read certificate and key from the mount; a reload takes the rotated ones."""
    with Playground() as path:
        holder = Holder(path)

        def certificate(name):
            sh('cd "$P"; openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 '
               '-keyout "$N.key" -out "$N.crt" -subj "/CN=$N" -addext "subjectAltName=DNS:$N" 2>/dev/null',
               P=path, N=name)

        server = Server("--holder", holder.socket, "--links", holder.secrets)

        def publish(name):
            certificate(name)
            for kind in ("crt", "key"):
                server.tell(f"file tls.{kind} {path}/{name}.{kind}")
            server.publish()

        publish("first")
        secrets = holder.secrets
        public = [
            sh('openssl pkey -in "$S/tls.key" -pubout', S=secrets),
            sh('openssl x509 -in "$S/tls.crt" -noout -pubkey', S=secrets)]
        expect(public[0] == public[1], "OpenSSL: key and certificate differ")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        with open(path + "/nginx.conf", "w") as file:
            file.write(
                f"daemon off; pid {path}/nginx.pid; error_log {path}/nginx.log; user root;\n"
                "events {}\n"
                "http { access_log off; server { "
                f"listen 127.0.0.1:{port} ssl; ssl_certificate {secrets}/tls.crt; "
                f"ssl_certificate_key {secrets}/tls.key; location / {{ return 200 ok; }} }} }}\n")
        nginx = subprocess.Popen(["/usr/sbin/nginx", "-c", path + "/nginx.conf"], stderr=subprocess.DEVNULL)

        def served():
            context = ssl.create_default_context()
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=5) as plain:
                    with context.wrap_socket(plain) as secure:
                        return secure.getpeercert(binary_form=True)
            except OSError:
                return None

        def on_disk(name):
            with open(f"{path}/{name}.crt") as file:
                return ssl.PEM_cert_to_DER_cert(file.read())

        wait_until(lambda: served() == on_disk("first"), "nginx to serve the certificate")
        publish("second")
        nginx.send_signal(signal.SIGHUP)
        wait_until(lambda: served() == on_disk("second"), "nginx to serve the rotated certificate")
        nginx.terminate()
        nginx.wait()
        server.kill()
        holder.stop()


def readonly():
    """What changes a file system answers EROFS, as pjdfstest's cases of read-only file systems want it."""
    with Playground() as path:
        holder = Holder(path)
        server = holder.server(files=[("dir/file", "content"), ("file", "content")])
        server.publish()
        fs = holder.secrets + "/..fuse"
        file, directory, new = fs + "/file", fs + "/dir", fs + "/new"
        libc = ctypes.CDLL(None, use_errno=True)
        outcomes = []

        def refused(name, call, *codes):
            try:
                call()
                found = 0
            except OSError as error:
                found = error.errno
            wanted = codes or (errno.EROFS,)
            outcomes.append(f"{name} {errno.errorcode.get(found, found)}")
            expect(found in wanted, f"{name}: {errno.errorcode.get(found, found)}")

        def c(name, *arguments):
            def call():
                if getattr(libc, name)(*arguments) != 0:
                    raise OSError(ctypes.get_errno(), name)
            return call

        for flag in ("O_WRONLY", "O_RDWR", "O_TRUNC"):
            refused(f"open {flag}", lambda: os.open(file, getattr(os, flag) | (os.O_WRONLY if flag == "O_TRUNC" else 0)))
        refused("open O_CREAT", lambda: os.open(new, os.O_CREAT | os.O_RDWR))
        refused("open O_TMPFILE", lambda: os.open(directory, os.O_TMPFILE | os.O_RDWR), errno.EROFS, errno.EOPNOTSUPP)
        refused("chmod", lambda: os.chmod(file, 0o644))
        refused("chmod of a directory", lambda: os.chmod(directory, 0o755))
        refused("chown", lambda: os.chown(file, 1, 1))
        refused("lchown", lambda: os.lchown(file, 1, 1))
        refused("truncate", lambda: os.truncate(file, 1))
        refused("link", lambda: os.link(file, new))
        refused("symlink", lambda: os.symlink("x", new))
        refused("mkdir", lambda: os.mkdir(new))
        refused("rmdir", lambda: os.rmdir(directory))
        refused("unlink", lambda: os.unlink(file))
        refused("rename", lambda: os.rename(file, new))
        refused("rename of a directory", lambda: os.rename(directory, new))
        refused("mkfifo", lambda: os.mkfifo(new))
        refused("mknod", lambda: os.mknod(new, 0o600 | 0o020000, os.makedev(1, 3)))
        refused("bind", lambda: socket.socket(socket.AF_UNIX).bind(new))
        refused("utimensat", lambda: os.utime(file))
        refused("setxattr", lambda: os.setxattr(file, "user.x", b"y"), errno.EROFS)
        refused("removexattr", lambda: os.removexattr(file, "user.x"), errno.EROFS)
        refused("getxattr", lambda: os.getxattr(file, "user.x"), errno.EOPNOTSUPP, errno.ENODATA)
        with open(file) as handle:
            number = handle.fileno()
            refused("fchmod", lambda: os.fchmod(number, 0o644))
            refused("fchown", lambda: os.fchown(number, 1, 1))
            refused("futimens", lambda: os.utime(number))
            refused("ftruncate", lambda: os.ftruncate(number, 1), errno.EINVAL)
            refused("write", lambda: os.write(number, b"x"), errno.EBADF)
            refused("fallocate", c("fallocate", number, 0, 0, 100), errno.EBADF)
            refused("mmap PROT_WRITE", lambda: mmap.mmap(number, 0, prot=mmap.PROT_WRITE), errno.EACCES)
            os.fsync(number)
            import fcntl
            fcntl.flock(number, fcntl.LOCK_SH)
            fcntl.lockf(number, fcntl.LOCK_SH)
        for mode, code in ((os.W_OK, errno.EROFS), (os.R_OK, 0), (os.F_OK, 0)):
            refused(f"access {mode}", c("access", file.encode(), mode), code)
        refused("open of a missing file", lambda: os.open(new, os.O_RDONLY), errno.ENOENT)
        refused("open below a file", lambda: os.open(file + "/x", os.O_RDONLY), errno.ENOTDIR)
        refused("O_DIRECTORY of a file", lambda: os.open(file, os.O_DIRECTORY), errno.ENOTDIR)
        refused("read of a directory", lambda: os.read(os.open(directory, os.O_RDONLY), 1), errno.EISDIR)
        refused("name of 256 bytes", lambda: os.open(fs + "/" + "x" * 256, os.O_RDONLY), errno.ENAMETOOLONG)
        refused("readlink", lambda: os.readlink(file), errno.EINVAL)
        refused("exec", lambda: subprocess.run([file]), errno.EACCES)
        # Even remounted for writing nothing can be written: the server refuses.
        if subprocess.run(["mount", "-o", "remount,rw", fs], stderr=subprocess.DEVNULL).returncode == 0:
            refused("remounted: mkdir", lambda: os.mkdir(new))
            refused("remounted: unlink", lambda: os.unlink(file))
            refused("remounted: chmod", lambda: os.chmod(file, 0o644))
            refused("remounted: create", lambda: os.open(new, os.O_CREAT | os.O_RDWR), errno.EROFS)
        expect(open(file).read() == "content", "content")
        server.kill()
        holder.stop()
        return "\n".join(outcomes)


def laptop():
    """An ordinary user mounts with fusermount3; a dead mount is recovered; a directory in use is not taken."""
    with Playground() as path:
        # fusermount3 wants the user to have a name.
        nobody = 65534
        home = path + "/home"
        os.mkdir(home)
        os.chown(home, nobody, nobody)
        place = home + "/secrets"
        os.mkdir(place)
        os.chown(place, nobody, nobody)
        for round in range(2):
            server = Server("--here", place, files=[("a", "x")], user=nobody)
            server.publish()
            expect(subprocess.run(["cat", place + "/a"], user=nobody, capture_output=True).stdout == b"x", "cat")
            expect(subprocess.run(["cat", place + "/a"], user=1235, capture_output=True).returncode != 0, "stranger")
            # Dead, and still mounted.
            server.kill()
            try:
                os.stat(place)
            except OSError as error:
                expect(error.errno in (errno.ENOTCONN, errno.EACCES), f"a dead mount says {error}")
        server = Server("--here", place, files=[("a", "x")], user=nobody)
        server.publish()
        again = Server("--here", place, files=[("a", "x")], user=nobody)
        expect("is mounted already" in again.tell("publish"), "mounted twice")
        again.kill()
        server.send("quit")
        server.process.wait()
        expect(not os.path.ismount(place) and os.listdir(place) == [], "not unmounted")
        with open(place + "/mine", "w") as file:
            file.write("kept")
        server = Server("--here", place, files=[("a", "x")])
        expect("is not empty" in server.tell("publish"), "a directory in use was taken")
        server.kill()


main({check.__name__: check for check in (tools, watchers, certificates, readonly, laptop)})
