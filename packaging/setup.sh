# SPDX-License-Identifier: LGPL-2.1-or-later
# Sourced by ./demo and ./check: which Debian packages they need, how a missing
# one is had, and how the tree is built.

build_packages="gcc make autoconf automake libtool pkg-config python3 libc6-dev libltdl-dev
    libxml2-dev libjson-c-dev libxen-dev libedit-dev libgnutls28-dev libsasl2-dev libsystemd-dev libmicrohttpd-dev
    libaudit-dev libavahi-client-dev"
demo_packages="$build_packages qemu-system-x86 busybox-static cpio gzip"
check_packages="$demo_packages g++ libcmocka-dev libvirt-daemon-system libvirt-clients libvirt-dev python3-libvirt
    libsys-virt-perl libvirt-glib-1.0-0 virtinst osinfo-db libxml2-utils valgrind file binutils
    procps swtpm swtpm-tools util-linux xz-utils iproute2 gnutls-bin openssh-server netcat-openbsd sasl2-bin libsasl2-modules
    krb5-kdc krb5-admin-server krb5-user libsasl2-modules-gssapi-mit nftables polkitd dbus-daemon
    dbus-bin systemd logrotate prometheus avahi-daemon avahi-utils libnss3-tools"
# clang only recommends the part that has libFuzzer
long_packages="clang libclang-rt-14-dev"

say() { printf '%s\n' "$*" >&2; }
die() { say "$0: $*"; exit 1; }

# need_packages yes|no PACKAGE...: says what is missing and, with yes, installs it.
need_packages() {
    local install=$1 missing=() p sudo=()
    shift
    for p; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null)" = installed ] || missing+=("$p")
    done
    [ ${#missing[@]} -eq 0 ] && return 0
    say "missing on this machine: ${missing[*]}"
    if [ "$install" = no ]; then
        die "install them with: apt-get install ${missing[*]}"
    fi
    [ "$(id -u)" = 0 ] || sudo=(sudo)
    say "installing them with apt-get"
    export DEBIAN_FRONTEND=noninteractive
    # services of the packages are not wanted, only their programs
    "${sudo[@]}" apt-get update -qq &&
        "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
            apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
        die "apt-get could not install: ${missing[*]}"
}

# stale: whether configure is missing or older than what it is made from.
stale() {
    [ ! -x configure ] ||
        [ -n "$(find . \( -name configure.ac -o -name '*.am' -o -name '*.mk' \) -newer configure -print -quit)" ]
}

# build_tree DIR [CONFIGURE OPTION...]: builds this tree in DIR.
build_tree() {
    local dir=$1 top
    shift
    top=$(pwd)
    ! stale || ./autogen.sh >"$top/autogen.log" 2>&1 ||
        { cat "$top/autogen.log" >&2; die "autogen.sh failed"; }
    rm -f "$top/autogen.log"
    mkdir -p "$dir"
    (
        cd "$dir" || exit 1
        # again where a package was installed since: a part of the tree may have waited for it
        [ config.status -nt "$top/configure" ] && [ config.status -nt /var/lib/dpkg/status ] ||
            "$top/configure" -q "$@" >configure.log 2>&1 || { tail -n 30 configure.log >&2; exit 1; }
        make -s -j"$(nproc)" >make.log 2>&1 || { tail -n 60 make.log >&2; exit 1; }
    ) || die "the build in $dir failed"
}
