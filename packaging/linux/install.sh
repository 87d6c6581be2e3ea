#!/bin/sh
# Install the frozen folder with its menu entry and icons, or take all of it out again.
#
#   ./install.sh                                into /usr/local as root, else into ~/.local
#   PREFIX=/opt/pump ./install.sh               into another place
#   DESTDIR=/tmp/stage PREFIX=/usr ./install.sh for a package: everything below DESTDIR
#   ./install.sh uninstall                      with the same PREFIX and DESTDIR
#
# Runs and settings lie in your data folder and are left alone.
set -eu
# Everybody may start what is installed, however strict the umask of the one who installs.
umask 022

fail() {
    echo "Error: $1" >&2
    exit 2
}

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
if [ -x "$here/../pump-desktop" ] && [ -d "$here/../_internal" ]; then
    bundle=$(CDPATH='' cd -- "$here/.." && pwd)
else
    bundle=${BUNDLE:-$here/../../dist/pump-desktop}
fi

if [ "$(id -u)" = 0 ]; then usual=/usr/local; else usual=${HOME:-}/.local; fi
PREFIX=${PREFIX:-$usual}
DESTDIR=${DESTDIR:-}
case $PREFIX in
    /*) ;;
    *) fail "PREFIX must be a whole path such as /usr/local, not '$PREFIX'." ;;
esac

root=$DESTDIR${PREFIX%/}
lib=$root/lib/pump-desktop
bin=$root/bin/pump-desktop
share=$root/share
icons=$share/icons/hicolor
sizes="16 24 32 48 64 128 256 512"

remove() {
    # Only a folder that this script made: PREFIX may have been mistyped.
    if [ -d "$lib" ]; then
        [ -e "$lib/_internal" ] || fail "$lib is not Pump Desktop, so it is left alone."
        rm -rf "$lib"
    fi
    [ ! -L "$bin" ] || rm "$bin"
    rm -f "$share/applications/pump-desktop.desktop"
    rm -f "$share/metainfo/io.github.pump_desktop.pump_desktop.metainfo.xml"
    rm -f "$icons/scalable/apps/pump-desktop.svg"
    for size in $sizes; do rm -f "$icons/${size}x$size/apps/pump-desktop.png"; done
}

refresh() {
    # A package's own scripts do this; the menu finds the program without it, only later.
    [ -z "$DESTDIR" ] || return 0
    if command -v update-desktop-database >/dev/null; then
        update-desktop-database -q "$share/applications" || echo "The menu will know at the next login."
    fi
    if command -v gtk-update-icon-cache >/dev/null; then
        gtk-update-icon-cache -q -t -f "$icons" || echo "The icon will be there at the next login."
    fi
}

put() {
    mkdir -p "$(dirname -- "$2")"
    cp "$1" "$2"
    chmod 644 "$2"
}

entry() {
    # A menu's search path has /usr/bin and /usr/local/bin; ~/.local/bin often not, and /opt never.
    while IFS= read -r line; do
        case $PREFIX:$line in
            /usr:* | /usr/local:*) printf '%s\n' "$line" ;;
            *:Exec=*) printf 'Exec="%s/bin/pump-desktop"\n' "${PREFIX%/}" ;;
            *) printf '%s\n' "$line" ;;
        esac
    done <"$1" >"$2"
    chmod 644 "$2"
}

install() {
    [ -x "$bundle/pump-desktop" ] || fail "There is no program in $bundle; make it with: make bundle"
    pictures=$bundle/_internal/pump_desktop/_resources/icons/app
    # Beside its place first: a copy that breaks off leaves the old version whole.
    new=$lib.new
    rm -rf "$new"
    mkdir -p "$new" "$(dirname -- "$bin")"
    cp -RP "$bundle/." "$new/"
    chmod -R a+rX,go-w "$new"
    remove
    mv "$new" "$lib"
    # Relative, so that it holds below DESTDIR and after the move out of it.
    ln -s ../lib/pump-desktop/pump-desktop "$bin"
    mkdir -p "$share/applications"
    entry "$here/pump-desktop.desktop" "$share/applications/pump-desktop.desktop"
    put "$here/pump-desktop.metainfo.xml" "$share/metainfo/io.github.pump_desktop.pump_desktop.metainfo.xml"
    put "$pictures/pump-desktop.svg" "$icons/scalable/apps/pump-desktop.svg"
    for size in $sizes; do
        put "$pictures/pump-desktop-$size.png" "$icons/${size}x$size/apps/pump-desktop.png"
    done
    refresh
    echo "Installed in $root. Start it from the menu, or with $PREFIX/bin/pump-desktop"
}

case ${1:-install} in
    install) install ;;
    uninstall)
        remove
        refresh
        echo "Removed from $root. Your runs and settings are where they were."
        ;;
    *) fail "use: install.sh [install|uninstall]" ;;
esac
