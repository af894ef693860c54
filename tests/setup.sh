# Shared by quickstart and check: what a build needs, and building.
# Sourced from the top of the tree.

needed="meson ninja-build pkg-config gcc g++ libc6-dev libsolv-dev
    libsimdjson-dev libtomlplusplus-dev libcmocka-dev nettle-dev
    libarchive-dev libxml2-dev libcurl4-openssl-dev zlib1g-dev
    libsolv-tools python3 python3-packaging xz-utils"

step() {
    printf '== %s\n' "$*"
}

# Prints those of the packages that are not installed.
missing_packages() {
    for package in $needed; do
        dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null |
            grep -qx installed || printf ' %s' "$package"
    done
}

# Prints the command that runs another as root; fails when there is none.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        echo env
    elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
        echo sudo
    elif [ -t 0 ] && command -v sudo >/dev/null 2>&1; then
        echo sudo
    else
        return 1
    fi
}

cannot_install() {
    cat >&2 <<EOF
podlock needs packages that are not installed. Please run as root:
    apt-get update && apt-get install --no-install-recommends$1
EOF
    exit 1
}

setup_packages() {
    if ! command -v dpkg-query >/dev/null 2>&1; then
        step "not a Debian system: the build will say what it lacks"
        return
    fi
    missing=$(missing_packages)
    if [ -z "$missing" ]; then
        step "all build packages are installed"
        return
    fi
    root=$(as_root) || cannot_install "$missing"
    step "installing$missing"
    $root apt-get update -q || cannot_install "$missing"
    $root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y \
        --no-install-recommends $missing || cannot_install "$missing"
}

# usage: setup_build DIR MESON-OPTION...
setup_build() {
    dir=$1
    shift
    if [ -f "$dir/build.ninja" ]; then
        step "$dir/ is configured"
        return
    fi
    step "configuring $dir/"
    meson setup "$dir" "$@" >"$dir.log" 2>&1 || {
        cat "$dir.log" >&2
        exit 1
    }
    rm -f "$dir.log"
}

setup_compile() {
    step "building $1/"
    if ! ninja -C "$1" >"$1/build.log" 2>&1; then
        cat "$1/build.log" >&2
        exit 1
    fi
}
